"""Runs the benchmarks that are named, one after the other, on an empty database."""

import sys

from django.core.management import call_command

import bench.boot
from bench import fanout, pictures, reads, votes

BENCHMARKS = {"votes": votes.run, "reads": reads.run, "fanout": fanout.run, "pictures": pictures.run}


def main(names: list[str]) -> None:
    """Raises SystemExit for a name that is none, or when what was stored is not what was accepted."""
    assert bench.boot.ready
    if unknown := set(names) - set(BENCHMARKS):
        sys.exit(f"There is no benchmark called {', '.join(sorted(unknown))}. There are: {', '.join(BENCHMARKS)}.")
    call_command("migrate", verbosity=0)
    for name in names or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
