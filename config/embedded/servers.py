"""The servers as commands use them: started by whoever comes first, shared by all who come later."""

import os
from typing import Protocol

from config.embedded.child import Spec
from config.embedded.locks import Claim, FileLock
from config.embedded.paths import Layout
from config.embedded.postgres import Cluster
from config.embedded.refusals import CannotStart
from config.embedded.supervisor import Supervisor
from config.embedded.valkey import Valkey

_START_LIMIT = 120.0  # seconds another command may take to start what we share; a recovery after a crash takes long


class Kind(Protocol):
    """PostgreSQL or Valkey."""

    def prepare(self) -> Spec: ...

    def ready(self) -> bool: ...


class SharedServer:
    """One server of one data folder.

    The command that runs it holds a Claim; every command that uses it holds a shared lock, for which the first one
    waits before it stops the server.
    """

    def __init__(self, *, name: str, kind: Kind, layout: Layout, supervisor: Supervisor) -> None:
        self._name = name
        self._kind = kind
        self._supervisor = supervisor
        self._claim = Claim(layout.locks, name)
        self._users = FileLock(layout.locks / f"{name}.users")
        self.running: Spec | None = None

    def use(self) -> None:
        """Returns once the server answers. Raises CannotStart or Interrupted."""
        # Waits only while another command, the last to use the server, is stopping it.
        if not self._supervisor.until(self._users.try_shared, seconds=_START_LIMIT):
            raise CannotStart(f"Another command has been stopping {self._name} for {_START_LIMIT:.0f} s. Try again.")
        if not self._supervisor.until(lambda: self._start_if_free() or self._kind.ready(), seconds=_START_LIMIT):
            raise CannotStart(f"Another command has been starting {self._name} for {_START_LIMIT:.0f} s. Try again.")

    def tend(self) -> None:
        """Takes the server over when the command that ran it was killed."""
        if self.running is None and self._start_if_free():
            self._supervisor.say(f"The command that ran {self._name} is gone. Started it again.")

    def unused(self) -> bool:
        """Whether stopping it would take it from nobody. From then on nobody else can begin to use it."""
        return self.running is None or self._users.try_exclusive()

    def leave(self) -> None:
        """Stops the server if it is we who run it."""
        if self.running is not None:
            self._supervisor.stop(self.running.name)
        self._claim.close()
        self._users.close()

    def _start_if_free(self) -> bool:
        if not self._supervisor.take(self._claim, what=self._name):
            return False
        spec = self._kind.prepare()
        self._supervisor.start(spec)
        self.running = spec
        return True


class Servers:
    """What a command needs of PostgreSQL and Valkey. A server whose address is given from outside is left alone."""

    NAMES = ("PostgreSQL", "Valkey")

    def __init__(self, layout: Layout, supervisor: Supervisor, *, durable: bool) -> None:
        self._supervisor = supervisor
        self._addresses: dict[str, str] = {}
        self._shared: list[SharedServer] = []
        kinds: tuple[tuple[str, str, str, Kind], ...] = (
            ("DATABASE_URL", layout.database_url, "PostgreSQL", Cluster(layout, durable=durable)),
            ("REDIS_URL", layout.redis_url, "Valkey", Valkey(layout)),
        )
        for variable, address, name, kind in kinds:
            self._addresses[variable] = os.environ.get(variable) or address
            if not os.environ.get(variable):
                self._shared.append(SharedServer(name=name, kind=kind, layout=layout, supervisor=supervisor))

    @property
    def addresses(self) -> dict[str, str]:
        """DATABASE_URL and REDIS_URL for the environment of whoever uses them."""
        return dict(self._addresses)

    @property
    def running(self) -> list[str]:
        """The names, in the supervisor, of the servers that it runs for us."""
        return [server.running.name for server in self._shared if server.running is not None]

    def use(self) -> None:
        for server in self._shared:
            server.use()

    def tend(self) -> None:
        for server in self._shared:
            server.tend()

    def leave(self) -> None:
        """Stops what we run: at once if a signal asked for it, else when the last other command has ended."""
        if not self._supervisor.interrupts.received and not self._all_unused():
            self._supervisor.say("PostgreSQL and Valkey stay up for another command that uses them. Ctrl-C stops them.")
            while not self._supervisor.interrupts.received and not self._all_unused():
                self._supervisor.tend()
                self._supervisor.interrupts.wait(0.2)
        for server in reversed(self._shared):
            server.leave()

    def _all_unused(self) -> bool:
        return all(server.unused() for server in self._shared)
