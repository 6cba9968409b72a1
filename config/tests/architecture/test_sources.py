"""Rules about the text of the program that neither ruff nor import-linter can see."""

import ast
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from config.size_report import report
from config.tests.architecture.sources import PROJECT, modules, tree

JUNK_DRAWERS = {
    "utils.py",
    "helpers.py",
    "managers.py",
    "mixins.py",
    "selectors.py",
    "signals.py",
    "common.py",
    "misc.py",
}
QUEUEING = {"delay", "apply_async", "send_task"}


def test_functions_and_modules_fit_in_one_look() -> None:
    words, fits = report(PROJECT)
    assert fits, words


def test_a_long_function_and_a_long_module_are_caught(tmp_path: Path) -> None:
    (tmp_path / "voting").mkdir()
    (tmp_path / "voting/long.py").write_text("def long():\n" + "    pass\n" * 400)

    words, fits = report(tmp_path)

    assert not fits
    assert "1 functions over 45 lines" in words
    assert "1 modules over 400 lines" in words


def test_there_are_no_junk_drawers() -> None:
    assert [path for path in modules() if path.name in JUNK_DRAWERS] == []


def queued_at_once(source: ast.Module) -> list[int]:
    """Lines that hand a task to the broker before the transaction's rows are there to be read."""
    return [
        node.lineno
        for node in ast.walk(source)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in QUEUEING
    ]


def test_tasks_are_queued_after_commit_only() -> None:
    """A task may queue another one: it runs outside any transaction. The base of all tasks queues what others ask it to."""
    outside_tasks = (path for path in modules() if path.name not in {"tasks.py", "job_log.py"})

    assert {str(path): lines for path in outside_tasks if (lines := queued_at_once(tree(path)))} == {}


@pytest.mark.parametrize("call", ["task.delay(1)", "a.b.apply_async(args=[1])", "app.send_task('x')"])
def test_a_task_queued_at_once_is_caught(call: str) -> None:
    assert queued_at_once(ast.parse(call)) == [1]
    assert queued_at_once(ast.parse("task.delay_on_commit(1)")) == []


def services() -> Iterator[tuple[str, Callable[..., object]]]:
    """Every public function of every `services` package."""
    for path in modules():
        parts = path.relative_to(PROJECT).with_suffix("").parts
        if "services" in parts:
            module = import_module(".".join(parts))
            for name, value in vars(module).items():
                if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_"):
                    yield f"{module.__name__}.{name}", value


def positional(function: Callable[..., object]) -> list[str]:
    """The parameters that a caller may pass without their names; a single one needs no name."""
    kinds = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
    )
    parameters = inspect.signature(function).parameters
    found = [name for name, parameter in parameters.items() if parameter.kind in kinds]
    return found if len(parameters) > 1 else []


def test_services_take_keywords_only() -> None:
    found = dict(services())

    assert len(found) > 20
    assert {name: taken for name, service in found.items() if (taken := positional(service))} == {}


def test_a_positional_argument_is_caught() -> None:
    def wrong(actor: str, *, now: int) -> None: ...

    assert positional(wrong) == ["actor"]
