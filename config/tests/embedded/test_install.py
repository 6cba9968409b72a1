"""What the installer says when the machine lacks something."""

import ast
import importlib.util
from pathlib import Path

import pytest

from config.embedded import install


def test_an_old_python_can_read_it_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ast.parse(Path(install.__file__).read_text(), feature_version=(3, 6))
    monkeypatch.setattr(install, "OLDEST", (99, 0))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"needs Python 99.0 or newer; .*Install one"):
        install.main()


def test_missing_modules_are_named_with_the_package_that_brings_them(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else find(name))
    with pytest.raises(SystemExit, match=r"comes without ensurepip.*apt install python3-venv"):
        install.main()


def test_a_full_disk_is_said_before_it_is_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "NEEDED_MEGABYTES", 10**9)
    with pytest.raises(SystemExit, match=r"Only \d+ MB are free"):
        install.main()
