"""The documents are true: what they name exists, and the README's commands run."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from config.lib.errors import all_refusals
from config.tests.architecture.sources import PROJECT
from config.tests.architecture.test_configuration import variables_in_document

DOCUMENTS = [PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
DOCUMENTS += sorted((PROJECT / "docs").rglob("*.md"))
TOP = {path.name for path in PROJECT.iterdir() if path.is_dir() and not path.name.startswith(".")} | {".ci"}
MADE_LATER = {"staticfiles/", "media/", "artefacts/failures/"}  # by collectstatic, by uploads, by tests that fail


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(PROJECT)))


def broken_links(path: Path, text: str) -> list[str]:
    targets = (target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text))
    return [target for target in targets if target and ":" not in target and not (path.parent / target).exists()]


def missing_paths(text: str) -> list[str]:
    """Paths in backticks that begin with a folder of ours and are not there."""
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text)
    return [
        name for name in named if name.split("/")[0] in TOP and name not in MADE_LATER and not (PROJECT / name).exists()
    ]


def unknown_names(text: str) -> list[str]:
    """Words in backticks that look like a variable, a setting or a code, and are none."""
    codes = {refusal.code for refusal in all_refusals()}
    named = re.findall(r"`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`", text)
    return [name for name in named if name not in variables_in_document() | codes and not hasattr(settings, name)]


@each(DOCUMENTS)
def test_links_paths_and_names_exist(path: Path) -> None:
    text = path.read_text()

    assert broken_links(path, text) == []
    assert missing_paths(text) == []
    assert unknown_names(text) == []


def test_what_does_not_exist_is_caught() -> None:
    assert broken_links(PROJECT / "README.md", "[a](docs/nothing.md) [b](README.md#x) [c](https://x.example)") == [
        "docs/nothing.md"
    ]
    assert missing_paths("`config/nothing.py` `config/lib/` `text/html`") == ["config/nothing.py"]
    assert unknown_names("`NO_SUCH_THING` `NO_SUCH_THING=1` `DATABASE_URL` `UNKNOWN_FIELD` `TIME_ZONE`") == [
        "NO_SUCH_THING",
        "NO_SUCH_THING",
    ]


def commands() -> list[str]:
    """Every command line in the README's code blocks and tables."""
    text = (PROJECT / "README.md").read_text()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).splitlines()
    return sorted({*filter(None, blocks), *re.findall(r"`(make [^`]+|PORT=\d+ make [^`]+)`", text)})


@pytest.mark.parametrize("command", commands())
def test_the_commands_of_the_readme_are_there(command: str) -> None:
    """`make --dry-run` finds the target and everything it needs; commands of ours are known to manage.py."""
    if "make " in command:
        result = subprocess.run(
            command.replace("make ", "make --dry-run ", 1), cwd=PROJECT, shell=True, capture_output=True, check=False
        )
        assert result.returncode == 0, result.stderr
    for name in re.findall(r"manage\.py (\w+)", command):
        assert name in get_commands()


def test_the_readme_names_every_command_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    named = {word for command in commands() for word in re.findall(r"make ([\w-]+)", command)}

    assert targets - {"help", "lock"} == named


def test_the_readme_names_every_folder() -> None:
    text = (PROJECT / "README.md").read_text()
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False).stdout
    folders = {line.split("/")[0] for line in tracked.splitlines() if "/" in line and not line.startswith(".")}

    assert {folder for folder in folders or TOP if f"{folder}/" not in text} == set()


def test_decisions_are_numbered_without_gaps_and_titled() -> None:
    pages = sorted((PROJECT / "docs/adr").glob("*.md"))

    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        lines = page.read_text().splitlines()
        assert lines[0].startswith(f"# {page.name[:4]}. "), page.name
        assert lines[2].startswith("Status: "), page.name
