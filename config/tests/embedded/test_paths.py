"""The addresses, without any server."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from config.embedded import paths
from config.embedded.paths import Layout
from config.embedded.refusals import CannotStart


def test_the_addresses_follow_from_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FANFARE_DATA", "/srv/a b%/data")
    assert paths.database_url() == "postgresql://fanfare@%2Fsrv%2Fa%20b%25%2Fdata%2Fsockets:5432/fanfare"
    assert paths.redis_url() == "unix:///srv/a%20b%25/data/sockets/valkey.sock"
    assert unquote(urlsplit(paths.redis_url()).path) == "/srv/a b%/data/sockets/valkey.sock"
    monkeypatch.delenv("FANFARE_DATA")
    assert paths.data_folder() == paths.PROJECT / ".data"


def test_a_path_of_exactly_the_limit_is_used_and_one_byte_more_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1")
    rest = len("/sockets/.s.PGSQL.5432")
    fits = Layout(Path("/" + "x" * (paths.SOCKET_PATH_LIMIT - rest - 1)))
    assert fits.sockets == fits.data / "sockets"
    longer = Layout(Path(f"{fits.data}x"))
    assert longer.sockets.parent == Path("/run/user/1")
    assert longer.sockets == Layout(longer.data).sockets
    assert longer.sockets != Layout(Path(f"{fits.data}y")).sockets


def test_without_a_runtime_folder_the_temporary_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", "/tmp")
    assert Layout(Path("/" + "é" * 60)).sockets.parent == Path("/tmp")


def test_when_every_folder_is_too_long_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/" + "r" * 100)
    monkeypatch.setattr("tempfile.tempdir", "/" + "t" * 100)
    with pytest.raises(CannotStart, match="Set FANFARE_DATA to a folder with a shorter path"):
        _ = Layout(Path("/" + "x" * 100)).sockets


def test_a_full_disk_is_said_before_it_is_met(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(paths, "NEEDED_MEGABYTES", 10**9)
    with pytest.raises(CannotStart, match=r"Only \d+ MB are free where .*/data lies"):
        Layout(tmp_path / "data").create()
