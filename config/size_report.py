"""`python -m config.size_report`: the longest functions and modules, and an exit status of 1 when one is too long.

A function should fit in one look (aim: 30 lines), a module too (400). Migrations are generated and not counted; tests
may have long functions, not long modules.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

PROJECT: Final = Path(__file__).resolve().parent.parent
PACKAGES: Final = ("accounts", "artists", "bench", "campaigns", "config", "events", "messaging", "voting")
MOST_FUNCTION_LINES: Final = 45
MOST_MODULE_LINES: Final = 400
_SHOWN: Final = 10

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Size(NamedTuple):
    lines: int
    place: str


def module_sizes(paths: Iterable[Path]) -> list[Size]:
    """Lines per module, the longest first."""
    return sorted((Size(len(path.read_text().splitlines()), str(path)) for path in paths), reverse=True)


def function_sizes(paths: Iterable[Path]) -> list[Size]:
    """Lines per function, decorators and docstring included, the longest first. Tests are left out."""
    return sorted((size for path in paths if "tests" not in path.parts for size in _functions(path)), reverse=True)


def _functions(path: Path) -> Iterator[Size]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, _Function):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield Size((node.end_lineno or first) - first + 1, f"{path}:{node.lineno} {node.name}")


def modules(project: Path) -> list[Path]:
    """The project's modules, relative to it and without migrations."""
    found = (path for package in PACKAGES for path in (project / package).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def report(project: Path) -> tuple[str, bool]:
    """The words to print, and whether everything is short enough."""
    paths = modules(project)
    parts, fits = [], True
    for what, most, sizes in (
        ("functions", MOST_FUNCTION_LINES, function_sizes(paths)),
        ("modules", MOST_MODULE_LINES, module_sizes(paths)),
    ):
        too_long = [size for size in sizes if size.lines > most]
        shown = too_long or sizes[:_SHOWN]
        fits = fits and not too_long
        heading = (
            f"{len(too_long)} {what} over {most} lines:" if too_long else f"The longest {what} (at most {most} lines):"
        )
        parts += [heading, *(f"  {size.lines:4}  {Path(size.place).relative_to(project)}" for size in shown), ""]
    return "\n".join(parts), fits


if __name__ == "__main__":
    words, fits = report(PROJECT)
    sys.stdout.write(words)
    sys.exit(0 if fits else 1)
