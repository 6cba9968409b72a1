"""Signals as events of one loop instead of exceptions anywhere."""

import select
import signal
import socket
from types import FrameType, TracebackType
from typing import Self

from config.embedded.refusals import Interrupted

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """While entered, SIGINT, SIGTERM and SIGHUP are noted and any of them, or a child's death, ends a `wait`."""

    def __init__(self) -> None:
        self.received: list[signal.Signals] = []
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def __enter__(self) -> Self:
        self._previous_descriptor = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._previous = {number: signal.getsignal(number) for number in (*_STOPS, signal.SIGCHLD)}
        for number in _STOPS:
            # A shell without job control starts background commands with SIGINT ignored; `kill -INT` must work there
            # too. An ignored SIGHUP on the other hand is `nohup`: the person wants us to outlive the terminal.
            if number != signal.SIGHUP or self._previous[number] != signal.SIG_IGN:
                signal.signal(number, self._note)
        signal.signal(signal.SIGCHLD, _wake)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._previous_descriptor)
        self._reader.close()
        self._writer.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.received.append(signal.Signals(number))

    def wait(self, seconds: float) -> None:
        """Returns after `seconds`, or earlier when a signal arrived since the last wait."""
        if select.select([self._reader], [], [], seconds)[0]:
            self._reader.recv(4096)

    def check(self) -> None:
        """Raises Interrupted when somebody has asked to stop."""
        if self.received:
            raise Interrupted


def _wake(number: int, frame: FrameType | None) -> None:
    """SIGCHLD needs a handler to be delivered at all; the wake-up descriptor does the rest."""
