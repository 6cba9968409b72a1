"""Who runs what, as locks that the system drops when their holder dies.

A lock file's content is only told to people; whether something runs is known from the lock alone, so nothing a
`kill -9` leaves behind can lie.
"""

import fcntl
import os
from pathlib import Path


class FileLock:
    """`flock` on a file that is made when missing. Never inherited by a child unless passed on by number."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def fileno(self) -> int:
        return self._descriptor

    def try_exclusive(self) -> bool:
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        return self._try(fcntl.LOCK_SH)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Lets go of our hold. Processes that were passed the lock keep theirs until they end."""
        os.close(self._descriptor)


class Claim:
    """The right to run one set of processes on a data folder.

    Two locks: the first is held by the supervisor alone and says whether somebody looks after the processes; the
    second is passed on to the processes and says whether any of them still lives. After a `kill -9` of a supervisor
    the first is free at once, and the next supervisor waits for the second.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._note = folder / f"{name}.note"
        self._holder = FileLock(folder / name)
        self.processes = FileLock(folder / f"{name}.processes")

    def try_take(self) -> bool:
        return self._holder.try_exclusive()

    def predecessors_ended(self) -> bool:
        return self.processes.try_exclusive()

    def leave_note(self, text: str) -> None:
        """What another command may tell a person about the holder."""
        self._note.write_text(text, encoding="utf-8")

    def read_note(self) -> str:
        return self._note.read_text(encoding="utf-8") if self._note.exists() else ""

    def close(self) -> None:
        self.processes.close()
        self._holder.close()
