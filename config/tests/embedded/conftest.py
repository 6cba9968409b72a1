"""A data folder, commands run on it as a person would, and a look at what is left of them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.embedded.paths import PROJECT

_SERVER_VARIABLES = ("DATABASE_URL", "REDIS_URL", "FANFARE_DATA", "PORT")


def eventually(condition: Callable[[], bool], *, seconds: float = 60.0) -> bool:
    """Looks again and again; whether `condition` came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def processes_of(data: Path) -> list[str]:
    """Every living process that works in this data folder or was started with it, other than ourselves."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            place = str((folder / "cwd").readlink())
            words = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue  # it has ended
        if int(folder.name) != os.getpid() and (place.startswith(str(data)) or os.fsencode(data) in words):
            found.append(f"{folder.name} {(folder / 'cmdline').read_bytes().decode()}")
    return found


@dataclass
class Place:
    """One data folder. `environment` is what the person has set beside it."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    prefix: Sequence[str] = ()
    python: Sequence[str] = (sys.executable,)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def variables(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _SERVER_VARIABLES}
        return kept | {"FANFARE_DATA": str(self.data)} | self.environment

    def start(self, *words: str, module: str = "config.embedded") -> subprocess.Popen[str]:
        """Starts `python -m <module> <words>` and goes on."""
        process = subprocess.Popen(
            [*self.prefix, *self.python, "-m", module, *words],
            cwd=PROJECT,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def call(self, *words: str, module: str = "config.embedded") -> tuple[int, str]:
        """Runs it to its end; its exit code and all it said."""
        process = self.start(*words, module=module)
        said, _ = process.communicate(timeout=180)
        return process.returncode, said

    def shell(self, script: str, *options: str) -> tuple[int, str]:
        return self.call("exec", *options, "--", "sh", "-c", script)

    def nothing_left(self) -> bool:
        return eventually(lambda: processes_of(self.data) == [])


def end(process: subprocess.Popen[str]) -> None:
    """Asks it to stop, if it runs, and waits until it has and has said its last word."""
    if process.poll() is None:
        process.terminate()
    if process.stdout is not None and not process.stdout.closed:
        process.communicate(timeout=60)


@pytest.fixture
def new_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Place]]:
    """Makes places in folders with short paths; what they have started is ended with the test."""
    places: list[Place] = []

    def make(data: Path | None = None, **environment: str) -> Place:
        places.append(Place(data or tmp_path_factory.mktemp("place") / "data", environment))
        return places[-1]

    yield make
    for place in places:
        for process in place.started:
            end(process)


@pytest.fixture
def place(new_place: Callable[..., Place]) -> Place:
    return new_place()


@pytest.fixture
def psql() -> str:
    """A shell command that runs SQL on $DATABASE_URL and prints bare values: `psql 'SELECT 1'`."""
    return f"{sys.executable} {Path(__file__).with_name('query.py')}"
