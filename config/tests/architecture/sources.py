"""The project's own files, for tests that read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from config.size_report import PACKAGES, PROJECT

__all__ = ["PACKAGES", "PROJECT", "modules", "tree"]


def modules(*, tests: bool = False, migrations: bool = False) -> Iterator[Path]:
    """Every Python file of the apps."""
    for package in PACKAGES:
        for path in sorted((PROJECT / package).rglob("*.py")):
            parts = path.relative_to(PROJECT).parts
            if (tests or "tests" not in parts) and (migrations or "migrations" not in parts):
                yield path


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))
