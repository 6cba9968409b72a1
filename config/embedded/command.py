"""One command with the servers behind it: `python -m config.embedded exec -- …`."""

import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from config.embedded.interrupts import Interrupts
from config.embedded.paths import Layout
from config.embedded.process import popen
from config.embedded.refusals import CannotStart
from config.embedded.servers import Servers
from config.embedded.site import running_on
from config.embedded.supervisor import Supervisor


def execute(command: Sequence[str], *, layout: Layout) -> int:
    """Runs `command` on the data of `layout` and returns its exit code (128 + n when signal n ended it)."""
    return _with_servers(command, layout, durable=True, temporary=False)


def execute_beside_site(command: Sequence[str], *, layout: Layout) -> int:
    """Like `execute`, with PORT that of the site which runs on this data. Raises CannotStart when none does."""
    port = running_on(layout)
    if port is None:
        raise CannotStart("Fanfare is not running. Start it with `make run` in another terminal, and then this again.")
    return _with_servers(command, layout, durable=True, temporary=False, variables={"PORT": str(port)})


def execute_throwaway(command: Sequence[str], *, durable: bool) -> int:
    """Runs `command` on servers of its own that are deleted with all their data afterwards.

    `durable`: PostgreSQL flushes as it does for real data; without it tests are quicker and a power cut loses them.
    """
    layout = Layout(Path(tempfile.mkdtemp(prefix="fanfare-")).resolve())
    try:
        return _with_servers(command, layout, durable=durable, temporary=True)
    finally:
        layout.delete()


def _with_servers(
    command: Sequence[str],
    layout: Layout,
    *,
    durable: bool,
    temporary: bool,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> int:
    layout.create()
    with Interrupts() as interrupts, Supervisor(interrupts, voice=sys.stderr) as supervisor:
        if temporary:
            supervisor.delete_at_last(layout.data, layout.sockets)
        servers = Servers(layout, supervisor, durable=durable)
        try:
            servers.use()
            environment = os.environ | servers.addresses | {"FANFARE_DATA": str(layout.data), **variables}
            return _in_foreground(command, environment, interrupts, supervisor, servers)
        finally:
            servers.leave()


def _in_foreground(
    command: Sequence[str],
    environment: Mapping[str, str],
    interrupts: Interrupts,
    supervisor: Supervisor,
    servers: Servers,
) -> int:
    """The command shares our terminal and our process group, so that an interactive shell works as if run alone."""
    try:
        process = popen(command, environment=environment)
    except (FileNotFoundError, PermissionError) as error:
        raise CannotStart(f"{command[0]} cannot be run: {error.strerror}.") from None
    passed_on = 0
    while process.poll() is None:
        for number in interrupts.received[passed_on:]:
            passed_on += 1
            if number != signal.SIGINT or not _terminal_speaks_to_all():
                process.send_signal(number)
        servers.tend()
        supervisor.tend()
        interrupts.wait(0.5)
    # Ctrl-C was meant for the command, which may have gone on; the other signals were meant for us too.
    interrupts.received = [number for number in interrupts.received if number != signal.SIGINT]
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


def _terminal_speaks_to_all() -> bool:
    """Whether Ctrl-C reaches the command by itself: the terminal sends it to its whole foreground process group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    finally:
        os.close(terminal)
