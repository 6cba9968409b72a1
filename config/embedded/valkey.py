"""The embedded Valkey (or Redis): how it is run, when it is ready."""

import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from config.embedded.binaries import find_valkey
from config.embedded.child import Spec
from config.embedded.paths import VALKEY_SOCKET, Layout


@dataclass(frozen=True)
class Valkey:
    """The Valkey of one data folder. It keeps nothing on disk: it holds only what can be rebuilt from PostgreSQL."""

    layout: Layout

    def prepare(self) -> Spec:
        """Says how to run it. Raises CannotStart when there is no server to run."""
        settings = {
            "port": "0",  # no TCP
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "maxmemory-policy": "noeviction",  # a queue or a lease must not vanish to make room
            "daemonize": "no",
            "dir": str(self.layout.data),
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return Spec(
            name="Valkey server",
            command=[find_valkey(), *options],
            log=self.layout.logs / "valkey.log",
            environment=os.environ,
            folder=self.layout.data,
            stop=((signal.SIGTERM, 10.0),),
            ready=self.ready,
        )

    def ready(self) -> bool:
        """Whether it answers a PING."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(1.0)
            try:
                client.connect(str(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    @property
    def _socket(self) -> Path:
        return self.layout.sockets / VALKEY_SOCKET
