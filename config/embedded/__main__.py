"""`python -m config.embedded exec|run|clean`: what the Makefile calls."""

import argparse
import sys

from config.embedded.command import execute, execute_beside_site, execute_throwaway
from config.embedded.fanfare import fanfare
from config.embedded.paths import Layout, data_folder
from config.embedded.refusals import CannotStart, exit_code
from config.embedded.site import clean, serve


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="start the servers and the site, until Ctrl-C")
    actions.add_parser("clean", help="delete the data of this checkout")
    execution = actions.add_parser(
        "exec", help="run a command with DATABASE_URL and REDIS_URL set: exec [options] -- CMD"
    )
    execution.add_argument("--throwaway", action="store_true", help="on servers of its own, deleted afterwards")
    execution.add_argument("--beside-site", action="store_true", help="only while the site runs, with PORT set to its")
    execution.add_argument("--durable", action="store_true", help="with --throwaway: flush to disk as for real data")
    return parser


def _perform(arguments: argparse.Namespace, command: list[str]) -> int:
    layout = Layout(data_folder())
    if arguments.action == "run":
        return serve(layout, fanfare(layout))
    if arguments.action == "clean":
        return clean(layout)
    if not command:
        raise CannotStart("No command was given. Write it after two dashes: exec -- CMD")
    if arguments.throwaway:
        return execute_throwaway(command, durable=arguments.durable)
    if arguments.beside_site:
        return execute_beside_site(command, layout=layout)
    return execute(command, layout=layout)


def main() -> int:
    # Split by hand: which of several `--` argparse takes away differs between versions of Python.
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    arguments = _parser().parse_args(words[:cut])
    return exit_code(lambda: _perform(arguments, words[cut + 1 :]))


if __name__ == "__main__":
    sys.exit(main())
