"""One process under the supervisor: how it is started, asked to stop, and what it last said."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.process import Become, oneself, popen

_LOG_LIMIT = 20 * 1024 * 1024  # bytes; a longer log is set aside once when its process starts
_LONGEST_PAUSE = 30.0
_STEADY = 60.0  # a process that has lived this many seconds starts again without a pause


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Spec:
    """What to run, as data.

    `stop`: signals in the order they are tried, each with the seconds it is given; SIGKILL follows by itself. The
    first is also what the process gets when the supervisor dies. `ready`: whether it answers yet.
    """

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    stop: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0),)
    ready: Callable[[], bool] = _always
    patience: float = 60.0  # seconds until it must be ready
    become: Become = oneself


@dataclass
class Child:
    """A spec and its present process. Each process leads a session, so its group is all of its descendants."""

    spec: Spec
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    due_at: float | None = field(default=None)

    def spawn(self, *, keep_open: Sequence[int]) -> int:
        """Starts the process and gives its process group. `keep_open`: descriptors it inherits."""
        spec = self.spec
        if spec.log.exists() and spec.log.stat().st_size > _LOG_LIMIT:
            spec.log.replace(spec.log.with_suffix(".previous.log"))
        with spec.log.open("ab") as log:
            self.process = popen(
                spec.command,
                become=spec.become,
                death_signal=spec.stop[0][0],
                environment=spec.environment,
                folder=spec.folder,
                own_session=True,
                stdin=subprocess.DEVNULL,
                output=log.fileno(),
                keep_open=keep_open,
            )
        self.started_at, self.due_at = time.monotonic(), None
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """SIGKILL for the process and all it has started. A leader that is gone may have left others."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def ending(self) -> str:
        """How it ended, for people."""
        code = self.process.returncode if self.process is not None else None
        if code is None:
            return "has not ended"
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def plan_restart(self) -> float:
        """Doubles the pause with each failure in a row. Returns the seconds until `due_at`."""
        if time.monotonic() - self.started_at > _STEADY:
            self.failures = 0
        pause = min(_LONGEST_PAUSE, 0.5 * 2.0**self.failures)
        self.failures += 1
        self.due_at = time.monotonic() + pause
        return pause


def tail(log: Path, *, lines: int = 12) -> str:
    """The last lines of a log, indented."""
    if not log.exists():
        return "    (no log)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        last = file.read().decode("utf-8", "replace").splitlines()[-lines:]
    return "\n".join(f"    {line}" for line in last) or "    (empty log)"
