"""A site on the servers of one data folder: prepared, started, watched, stopped, and its data deleted."""

import errno
import http.client
import os
import resource
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from config.embedded.child import Spec
from config.embedded.interrupts import Interrupts
from config.embedded.locks import Claim
from config.embedded.paths import PROJECT, Layout
from config.embedded.process import popen
from config.embedded.refusals import CannotStart, Interrupted
from config.embedded.servers import Servers
from config.embedded.supervisor import Supervisor

Environment = Mapping[str, str]

_OPEN_FILES = 65_536


@dataclass(frozen=True)
class Site:
    """What a site consists of, as data.

    `preparations` are commands that run to their end first. `processes`, made from their environment, start and stop
    in the order given. `greeting` is printed once all of them stand.
    """

    port: int
    preparations: Sequence[Sequence[str]]
    processes: Callable[[Environment], Sequence[Spec]]
    greeting: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


def serve(layout: Layout, site: Site) -> int:
    """Runs the site until a signal; returns the exit code.

    0 after a signal, and also when the site runs already: then it says where. Raises CannotStart.
    """
    layout.create()
    claim = Claim(layout.locks, "site")
    with Interrupts() as interrupts, Supervisor(interrupts) as supervisor:
        if not supervisor.take(claim, what="site"):
            supervisor.say(f"Fanfare is running already: {claim.read_note()}")
            return 0
        claim.leave_note(f"{site.address} (stop it with Ctrl-C where it was started, or `kill {os.getpid()}`)")
        _check_port(site.port)
        servers = Servers(layout, supervisor, durable=True)
        try:
            _start(layout, site, supervisor, servers)
            _keep_up(servers, supervisor)
        except Interrupted:
            supervisor.say("\nStopping…")
        finally:
            supervisor.stop_all_but(servers.running)
            servers.leave()
    claim.close()
    supervisor.say("Stopped. The data is kept.")
    return 0


def clean(layout: Layout) -> int:
    """Deletes the data, unless something runs on it; returns the exit code."""
    if not layout.locks.exists():
        print(f"There is no data in {layout.data}.")
        return 0
    with Interrupts() as interrupts, Supervisor(interrupts) as supervisor:
        for name in ("site", *Servers.NAMES):
            claim = Claim(layout.locks, name)
            if not supervisor.take(claim, what=name):
                running = (
                    f"Fanfare is running: {claim.read_note()}" if name == "site" else f"A command is using {name}."
                )
                raise CannotStart(f"{running}\nNothing was deleted. Stop it first.")
        layout.delete()
    print(f"Deleted {layout.data}.")
    return 0


def running_on(layout: Layout) -> int | None:
    """The port of the site that runs on this data, or that is just starting; None if none does."""
    if not layout.locks.exists():
        return None
    claim = Claim(layout.locks, "site")
    try:
        return None if claim.try_take() else urlsplit(claim.read_note().partition(" ")[0]).port
    finally:
        claim.close()


def answers_health(port: int) -> bool:
    """Whether GET /health/live on this machine says 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _start(layout: Layout, site: Site, supervisor: Supervisor, servers: Servers) -> None:
    """Brings everything up. Raises CannotStart or Interrupted, with what stands until then left to the caller."""
    _allow_many_connections()
    supervisor.say("Starting PostgreSQL and Valkey…")
    servers.use()
    environment = {"DEBUG": "1", "PYTHONUNBUFFERED": "1"} | os.environ | servers.addresses
    environment |= {"FANFARE_DATA": str(layout.data), "PORT": str(site.port)}
    for command in site.preparations:
        _prepare(command, environment, supervisor)
    # One file per process and metric; those of processes that have ended would be counted again.
    shutil.rmtree(layout.metrics, ignore_errors=True)
    layout.metrics.mkdir()
    environment["PROMETHEUS_MULTIPROC_DIR"] = str(layout.metrics)
    specs = site.processes(environment)
    supervisor.say(f"Starting {', '.join(spec.name for spec in specs)}…")
    for spec in specs:
        supervisor.start(spec)
    supervisor.say(site.greeting)


def _prepare(command: Sequence[str], environment: Environment, supervisor: Supervisor) -> None:
    """Runs a command to its end, its output in the terminal. Raises CannotStart or Interrupted."""
    process = popen(command, environment=environment, folder=PROJECT, own_session=True, stdin=subprocess.DEVNULL)
    try:
        while not supervisor.until(lambda: process.poll() is not None, seconds=60):
            supervisor.tend()
    except Interrupted:
        process.terminate()
        process.wait()
        raise
    if process.returncode != 0:
        raise CannotStart(f"`{' '.join(command[1:])}` failed; what it said stands above.")


def _keep_up(servers: Servers, supervisor: Supervisor) -> None:
    """Ends by Interrupted alone."""
    while True:
        supervisor.interrupts.check()
        servers.tend()
        supervisor.tend()
        supervisor.interrupts.wait(0.5)


def _check_port(port: int) -> None:
    """Asked before anything starts, so that the answer is a sentence and not a traceback in a log."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise CannotStart(f"Port {port} is in use by another program. Try: PORT={port + 1} make run") from None
            raise CannotStart(f"Port {port} cannot be used: {error.strerror}. Try: PORT=8001 make run") from None


def _allow_many_connections() -> None:
    """Every WebSocket is an open file, and the usual limit of 1,024 is a small venue."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
