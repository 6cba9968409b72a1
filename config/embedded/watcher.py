"""Ends what a killed supervisor leaves behind. Run as a program of its own, in its own session.

The supervisor tells it over standard input which process groups it has started and which have ended. When that input
closes with groups still open, the supervisor was killed: their processes get their polite signal, and after
`PATIENCE` seconds SIGKILL. It reaches what PR_SET_PDEATHSIG cannot: children of children, such as the processes of
`uvicorn --workers`.

Lines: `started <group> <signal>`, `ended <group>`, `temporary <folder>` (to be deleted in the end).
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 8.0
_STEP = 0.05


class Watcher:
    """The supervisor's end of the pipe."""

    def __init__(self, *, keep_open: tuple[int, ...]) -> None:
        """`keep_open`: locks the watcher shares until everything it knows of has ended."""
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__], stdin=subprocess.PIPE, start_new_session=True, pass_fds=keep_open
        )

    def started(self, group: int, stop_signal: signal.Signals) -> None:
        self._tell(f"started {group} {int(stop_signal)}")

    def ended(self, group: int) -> None:
        self._tell(f"ended {group}")

    def temporary(self, folder: Path) -> None:
        self._tell(f"temporary {folder}")

    def _tell(self, line: str) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # asked for above
        # Somebody who kills the watcher loses the safety net, not the site.
        with contextlib.suppress(BrokenPipeError):
            pipe.write(os.fsencode(line + "\n"))
            pipe.flush()

    def close(self) -> None:
        """Everything has ended: lets the watcher end too."""
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()


def watch() -> None:
    """Reads lines until the supervisor's end closes, then clears up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, signal.Signals] = {}
    folders: list[Path] = []
    for line in sys.stdin.buffer:
        word, _, rest = os.fsdecode(line.rstrip(b"\n")).partition(" ")
        if word == "started":
            group, stop_signal = map(int, rest.split())
            groups[group] = signal.Signals(stop_signal)
        elif word == "ended":
            groups.pop(int(rest), None)
        else:
            folders.append(Path(rest))
    _end(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _end(groups: dict[int, signal.Signals]) -> None:
    alive = {group for group, number in groups.items() if _reach(group, number)}
    deadline = time.monotonic() + PATIENCE
    while alive and time.monotonic() < deadline:
        time.sleep(_STEP)  # they are not our children, so there is nothing to wait on
        alive = {group for group in alive if _reach(group, None)}
    for group in alive:
        _reach(group, signal.SIGKILL)


def _reach(group: int, number: signal.Signals | None) -> bool:
    """Sends `number` (None: only looks) and says whether the group had any process."""
    try:
        os.killpg(group, number or 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    watch()
