"""Settings, their documents and the clock agree."""

import ast
import re
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

from config import celery
from config.tests.architecture.sources import PROJECT, tree

READ_ELSEWHERE = {
    "FANFARE_DATA",  # config/embedded: where the data of `make run` lies
    "PROMETHEUS_MULTIPROC_DIR",  # prometheus_client: where processes share their counters
}


def variables_read(path: Path) -> set[str]:
    """The environment variables a settings module names: `env.int("X")`, `required("X", …)`, `limit("x", …)`."""
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and node.args)
    return {name for call in calls if (name := _variable(ast.unparse(call.func), call.args[0]))}


def _variable(reader: str, argument: ast.expr) -> str:
    if not isinstance(argument, ast.Constant):
        return ""
    name = str(argument.value)
    if reader == "limit":
        return f"LIMIT_{name.upper()}"
    return name if reader == "required" or reader.startswith("env.") else ""


def variables_in_example() -> set[str]:
    return set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))


def variables_in_document() -> set[str]:
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", (PROJECT / "docs/configuration.md").read_text(), re.MULTILINE))


def test_every_variable_is_in_the_example_and_in_the_document() -> None:
    read = READ_ELSEWHERE.union(*(variables_read(PROJECT / "config" / name) for name in ("settings.py", "limits.py")))

    assert len(read) > 30
    assert variables_in_example() == read
    assert variables_in_document() == read


def test_a_variable_is_found_however_it_is_read(tmp_path: Path) -> None:
    module = tmp_path / "settings.py"
    module.write_text('A = env.int("ALPHA", 1)\nB = required("BETA", "x")\nC = {"g": limit("gamma", 1, 2)}\n')

    assert variables_read(module) == {"ALPHA", "BETA", "LIMIT_GAMMA"}


def test_everything_read_from_elsewhere_is_still_read() -> None:
    text = "".join(path.read_text() for path in (PROJECT / "config").rglob("*.py") if "tests" not in path.parts)

    assert {name for name in READ_ELSEWHERE if f'"{name}"' not in text} == set()


def test_the_clock_names_only_tasks_that_exist() -> None:
    celery.app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert len(scheduled) >= 4
    assert scheduled - set(current_app.tasks) == set()


@pytest.mark.parametrize("queue", ["critical", "default", "bulk", "slow"])
def test_the_worker_of_make_run_serves_every_queue(queue: str) -> None:
    assert queue in (PROJECT / "config/embedded/fanfare.py").read_text()
