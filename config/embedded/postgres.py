"""The embedded PostgreSQL: how its cluster is made, how it is run, when it is ready."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.embedded.binaries import PostgresBinaries, find_postgres
from config.embedded.child import Spec, tail
from config.embedded.paths import DATABASE, POSTGRES_PORT, POSTGRES_SOCKET, ROLE, Layout
from config.embedded.process import Become, nobody_with_access, oneself, popen, root_by_another_number
from config.embedded.refusals import CannotStart

_STATUS_LINE = 7  # of postmaster.pid: LOCK_FILE_LINE_PM_STATUS in PostgreSQL's miscadmin.h, counted from 0
_BUILTIN_LOCALES_SINCE = 17
_SETTINGS = {
    "listen_addresses": "",  # no TCP: nobody else's server can be reached by mistake, and ours by nobody else
    "port": str(POSTGRES_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "cluster_name": "fanfare",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
}
# For data that is deleted with the last test: nothing is flushed, so a power cut would lose all of it.
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """The PostgreSQL of one data folder. `durable` is given up only for temporary data."""

    layout: Layout
    durable: bool

    def prepare(self) -> Spec:
        """Makes the cluster when there is none and says how to run it. Raises CannotStart."""
        binaries = find_postgres()
        become = _how_to_become(binaries)
        if self.layout.postgres.exists():
            self._check_version(binaries)
            _hand_over(self.layout.postgres, become)
        else:
            self._create(binaries, become)
        settings = _SETTINGS | {"unix_socket_directories": _list_item(self.layout.sockets)}
        if not self.durable:
            settings |= _NOT_DURABLE
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Spec(
            name="PostgreSQL server",
            command=[binaries.postgres, "-D", self.layout.postgres, *options],
            log=self._log,
            environment=_environment(),
            folder=self.layout.data,
            # Fast, then immediate shutdown: https://www.postgresql.org/docs/current/server-shutdown.html
            stop=((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0)),
            ready=self.ready,
            become=become,
        )

    def ready(self) -> bool:
        """Whether it takes connections.

        The status in postmaster.pid is what `pg_ctl` itself looks at; a killed server leaves the file behind, so the
        socket must answer too.
        """
        try:
            lines = (self.layout.postgres / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            len(lines) > _STATUS_LINE
            and lines[_STATUS_LINE].strip() == "ready"
            and answers(self.layout.sockets / POSTGRES_SOCKET)
        )

    @property
    def _log(self) -> Path:
        return self.layout.logs / "postgres.log"

    def _check_version(self, binaries: PostgresBinaries) -> None:
        made_by = (self.layout.postgres / "PG_VERSION").read_text().strip()
        if made_by != str(binaries.major):
            raise CannotStart(
                f"The data in {self.layout.postgres} was written by PostgreSQL {made_by}, and {binaries.postgres} is "
                f"version {binaries.major}. Install version {made_by}, or `make clean` deletes the data."
            )

    def _create(self, binaries: PostgresBinaries, become: Become) -> None:
        """Made under another name first, so that a cluster half made is never taken for one."""
        unfinished = self.layout.postgres.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        # The builtin provider sorts and folds letters alike on every machine; before 17 the C library's locale has to do.
        locale = (
            ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            if binaries.major >= _BUILTIN_LOCALES_SINCE
            else ["--locale=C.UTF-8"]
        )
        # trust: whoever can open the socket is let in, and the socket's folder can be entered by its owner alone.
        # `peer` would not do: inside its user namespace the server sees the client under another user number.
        access = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
        flush = [] if self.durable else ["--no-sync"]
        initdb: list[str | Path] = [binaries.initdb, "-D", unfinished, "--encoding=UTF8", *locale, *access, *flush]
        self._run(initdb, become=become)
        # A role without superuser rights, as in production. CREATEDB is for the test database.
        statements = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n"
        single_user: list[str | Path] = [
            binaries.postgres,
            "--single",
            "-D",
            unfinished,
            "-c",
            "exit_on_error=on",
            "postgres",
        ]
        self._run(single_user, become=become, statements=statements)
        unfinished.rename(self.layout.postgres)

    def _run(self, command: Sequence[str | Path], *, become: Become, statements: str = "") -> None:
        """A step of the making, its words in the log. In a session of its own, out of Ctrl-C's reach, as it is short."""
        with self._log.open("ab") as log:
            process = popen(
                command,
                become=become,
                environment=_environment(),
                folder=self.layout.data,
                own_session=True,
                stdin=subprocess.PIPE,
                output=log.fileno(),
            )
            process.communicate(statements.encode())
        if process.returncode != 0:
            raise CannotStart(f"PostgreSQL could not make its files. Last lines of {self._log}:\n{tail(self._log)}")


def _how_to_become(binaries: PostgresBinaries) -> Become:
    """The first way of running the server on this machine that works, tried with its shortest command."""
    ways = (root_by_another_number, nobody_with_access) if os.geteuid() == 0 else (oneself,)
    for become in ways:
        try:
            process = popen([binaries.postgres, "--version"], become=become, output=subprocess.DEVNULL)
        except (OSError, subprocess.SubprocessError):
            continue
        if process.wait() == 0:
            return become
    raise CannotStart(
        "PostgreSQL does not run as root, and this machine allows neither a user namespace nor a change of user. "
        "Run this as an ordinary user, or set DATABASE_URL to a server that runs already."
    )


def _hand_over(folder: Path, become: Become) -> None:
    """Gives the cluster to the user its server will run as, in case another kernel setting made it somebody else's."""
    user, group = os.geteuid(), os.getegid()
    if become is nobody_with_access:
        nobody = pwd.getpwnam("nobody")
        user, group = nobody.pw_uid, nobody.pw_gid
    if folder.stat().st_uid != user:
        for place in (folder, *folder.rglob("*")):
            os.chown(place, user, group, follow_symlinks=False)


def _environment() -> dict[str, str]:
    """Without the caller's PG* variables, of which the server reads some; the locale is the cluster's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def _list_item(folder: Path) -> str:
    """As one item of a list setting, where commas separate and spaces are cut."""
    return '"{}"'.format(str(folder).replace('"', '""'))


def answers(path: Path) -> bool:
    """Whether somebody listens on a unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True
