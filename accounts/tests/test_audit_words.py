"""Every action that is written to the audit has words, and no words are left of actions that are not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from accounts.actors import Via
from accounts.audit_words import THROUGH, done, registered

APPS = ("accounts", "messaging", "artists", "events", "voting")
PASSED_OVER = {"tests", "migrations", "audit_words.py"}
ACTION = re.compile(r"[a-z]+\.[a-z_]+")


def written() -> Iterator[str]:
    """What is passed to a function as its action, or kept under such a name."""
    for app in APPS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if PASSED_OVER.isdisjoint(path.parts):
                for node in ast.walk(ast.parse(path.read_text())):
                    if (value := named_action(node)) is not None:
                        yield from strings(value)


def named_action(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.keyword(arg="action", value=value):
            return value
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.strip("_").lower() in {"action", "actions"}:
            return value
        case ast.AnnAssign(target=ast.Name(id="_ACTIONS"), value=value):
            return value
    return None


def strings(value: ast.expr) -> Iterator[str]:
    for part in ast.walk(value):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and ACTION.fullmatch(part.value):
            yield part.value


def test_every_action_has_words_and_none_are_left_over() -> None:
    assert set(written()) == set(registered())


def test_every_surface_has_words() -> None:
    assert set(THROUGH) == set(Via)


def test_an_action_that_is_written_no_more_is_shown_as_it_is() -> None:
    assert done("festival.open") == "festival.open"
