"""Where a checkout keeps its data, and the addresses of the embedded servers that follow from it."""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.embedded.refusals import CannotStart

PROJECT = Path(__file__).resolve().parents[2]

POSTGRES_PORT = 5432  # no TCP port is opened; PostgreSQL puts the number into its socket's name
POSTGRES_SOCKET = f".s.PGSQL.{POSTGRES_PORT}"
VALKEY_SOCKET = "valkey.sock"
NEEDED_MEGABYTES = 200  # a fresh cluster takes 40, its first write-ahead log and a demo night the rest
DATABASE = ROLE = "fanfare"

# sockaddr_un.sun_path holds 108 bytes on Linux and 104 on macOS, both with the closing zero: unix(7).
SOCKET_PATH_LIMIT = 107 if sys.platform == "linux" else 103


@dataclass(frozen=True)
class Layout:
    """The places under one data folder. `data` is absolute and free of symbolic links."""

    data: Path

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def locks(self) -> Path:
        return self.data / "locks"

    @property
    def metrics(self) -> Path:
        return self.data / "metrics"

    @property
    def beat_schedule(self) -> Path:
        return self.data / "beat-schedule"

    @property
    def sockets(self) -> Path:
        """The folder of both sockets: the first candidate whose socket paths the system accepts."""
        for folder in self._socket_candidates():
            if len(os.fsencode(folder / POSTGRES_SOCKET)) <= SOCKET_PATH_LIMIT:
                return folder
        raise CannotStart(
            f"The path of {self.data} is too long for a socket ({SOCKET_PATH_LIMIT} bytes), and so are the folders for "
            "temporary files. Set FANFARE_DATA to a folder with a shorter path."
        )

    def _socket_candidates(self) -> Iterator[Path]:
        yield self.data / "sockets"
        # Named after the data folder, so every process of this checkout finds the same one and no other checkout does.
        name = "fanfare-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        if Path(runtime).is_absolute():
            yield Path(runtime) / name
        yield Path(tempfile.gettempdir()) / name

    @property
    def database_url(self) -> str:
        return f"postgresql://{ROLE}@{quote(str(self.sockets), safe='')}:{POSTGRES_PORT}/{DATABASE}"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.sockets / VALKEY_SOCKET))}"

    def create(self) -> None:
        """Makes the folders, private to this user. Raises CannotStart when that cannot be or the disk is full."""
        if self._holds_other_things():
            raise CannotStart(f"FANFARE_DATA is {self.data}, which holds other things. Name a new or an empty folder.")
        self.data.parent.mkdir(parents=True, exist_ok=True)
        for folder in (self.data, self.locks, self.sockets, self.logs):
            _make_private(folder)
        free = shutil.disk_usage(self.data).free // 1_000_000
        if free < NEEDED_MEGABYTES:
            raise CannotStart(
                f"Only {free} MB are free where {self.data} lies; the servers need {NEEDED_MEGABYTES} MB to start. Free "
                "some, or set FANFARE_DATA to a folder on another disk."
            )

    def _holds_other_things(self) -> bool:
        """`clean` deletes the whole folder, so it must never be one that holds anything of the person's."""
        ours = self.data == PROJECT / ".data" or self.locks.exists() or not self.data.is_dir()
        return not ours and any(self.data.iterdir())

    def delete(self) -> None:
        """Deletes all data. The caller has made sure that nothing runs on it."""
        for folder in (self.sockets, self.data):
            shutil.rmtree(folder, ignore_errors=True)


def _make_private(folder: Path) -> None:
    """The folder of the sockets may lie in a shared place where anybody could have put one of that name before us."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except FileExistsError:
        raise CannotStart(f"{folder} is not a folder. Move it out of the way.") from None
    if found.st_uid != os.geteuid():
        raise CannotStart(
            f"{folder} belongs to another user (number {found.st_uid}). Run this as that user, remove the folder, or "
            "set FANFARE_DATA to a folder of your own."
        )
    folder.chmod(0o700)


def data_folder() -> Path:
    """FANFARE_DATA, or `.data` in the checkout."""
    return Path(os.environ.get("FANFARE_DATA") or PROJECT / ".data").expanduser().resolve()


def database_url() -> str:
    """Address of this checkout's embedded PostgreSQL, whether it runs or not."""
    return Layout(data_folder()).database_url


def redis_url() -> str:
    """Address of this checkout's embedded Valkey, whether it runs or not."""
    return Layout(data_folder()).redis_url
