"""What the audit found: a line while it goes on, a table at the end."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final, TypeVar

T = TypeVar("T")
_MOST_SHOWN: Final = 12


@dataclass(frozen=True)
class Result:
    """One thing that was measured. `wrong` says what misses the mark, nothing when it is kept."""

    what: str
    measured: str
    wrong: Sequence[str] = ()


def progress(things: Sequence[T], what: str) -> Iterator[T]:
    """Yields them, with a line that is written over; without a terminal a line for every tenth part."""
    began, terminal, step = monotonic(), sys.stderr.isatty(), max(1, len(things) // 10)
    for place, thing in enumerate(things, start=1):
        if terminal or (place - 1) % step == 0:
            end = "\r" if terminal else "\n"
            sys.stderr.write(f"{what}: {place} of {len(things)}, {monotonic() - began:.0f} s   {end}")
            sys.stderr.flush()
        yield thing
    sys.stderr.write(f"{what}: {len(things)} in {monotonic() - began:.0f} s" + " " * 20 + "\n")


def table(results: Iterable[Result]) -> str:
    """A line for each, and under it what is wrong with it."""
    listed = list(results)
    width = max((len(result.what) for result in listed), default=0)
    lines = []
    for result in listed:
        lines.append(f"{'MISS' if result.wrong else 'ok':<5}{result.what:<{width}}  {result.measured}")
        lines += [f"       {what}" for what in result.wrong[:_MOST_SHOWN]]
        if len(result.wrong) > _MOST_SHOWN:
            lines.append(f"       and {len(result.wrong) - _MOST_SHOWN} more")
    return "\n".join(lines)
