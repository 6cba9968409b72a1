"""Ctrl-C belongs to the command of `exec`: it comes once, and the servers stay until the command ends by itself."""

import os
import pty
import signal
import subprocess
import sys

from config.embedded.paths import PROJECT
from config.tests.embedded.conftest import Place

_COUNT = ("exec", "--", sys.executable, "-m", "config.tests.embedded.count_interrupts")


def test_from_a_terminal(place: Place) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "config.embedded", *_COUNT],
        cwd=PROJECT,
        env=place.variables,
        preexec_fn=lambda: os.login_tty(theirs),  # noqa: PLW1509 - nothing else runs in this process
    )
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        said = _until(terminal.fileno(), b"up")
        os.write(terminal.fileno(), b"\x03")
        said += _until(terminal.fileno(), b"times")
        assert process.wait(timeout=90) == 0  # before the terminal closes, which is SIGHUP
    assert "interrupted 1 times" in said.decode()
    assert place.nothing_left()


def test_sent_to_the_supervisor_alone(place: Place) -> None:
    process = place.start(*_COUNT)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=90)[0] == "interrupted 1 times\n"
    assert process.returncode == 0
    assert place.nothing_left()


def _until(terminal: int, word: bytes) -> bytes:
    said = b""
    while word not in said:
        said += os.read(terminal, 1024)
    return said
