"""Fanfare as it is served: uvicorn with two workers and production settings, on the database of the tests.

`live_site` is one site for the whole session; `start_site` gives a test a site of its own that it may stop, kill or
configure. Both need committed rows, so a test that uses them is marked `django_db(transaction=True)`.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from django.conf import settings

from config.embedded.process import popen

_PROJECT = Path(__file__).resolve().parents[2]
_SERVE = (
    "-m uvicorn config.asgi:application --timeout-graceful-shutdown 5 --ws-max-size 65536 "
    "--ws-per-message-deflate false --no-proxy-headers --no-server-header --no-access-log --log-level warning "
    "--host 127.0.0.1"
)
_START_SECONDS = 180.0  # a busy machine takes half a minute
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.02


def eventually(condition: Callable[[], object], *, seconds: float = 30.0, what: str = "the condition") -> None:
    """Returns as soon as `condition` is true. Fails the test when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not come true within {seconds:g} s")
        time.sleep(_POLL_SECONDS)


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _test_database_url() -> str:
    """DATABASE_URL with the name of the database that the tests use."""
    parts = urlsplit(settings.DATABASE_URL)
    return urlunsplit(parts._replace(path=f"/{settings.DATABASES['default']['NAME']}"))


def _production() -> dict[str, str]:
    """The environment of a production process on the servers of the tests."""
    return {
        **os.environ,
        "DEBUG": "0",
        "SECRET_KEY": settings.SECRET_KEY,
        "FANFARE_KEYS": ",".join(settings.FANFARE_KEYS),
        "SUPPRESSION_KEY": settings.SUPPRESSION_KEY,
        "TWILIO_AUTH_TOKEN": ",".join(settings.TWILIO_AUTH_TOKENS),
        "PUBLIC_URL": "http://127.0.0.1",
        "DATABASE_URL": _test_database_url(),
        "REDIS_URL": settings.REDIS_URL,
    }


@cache
def _collected_static_files() -> Path:
    """A folder with hashed static files, as a production image has one; gone with the process."""
    folder = Path(_static_folder.name)
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=_PROJECT, env=_production() | {"STATIC_ROOT": str(folder)}, check=True)
    return folder


_static_folder = tempfile.TemporaryDirectory(prefix="fanfare-static-", ignore_cleanup_errors=True)


@dataclass
class LiveSite:
    """A running site. `variables` are added to its environment."""

    workers: int = 2
    variables: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _log: Path = field(default_factory=lambda: Path(tempfile.mkstemp(prefix="fanfare-web-", suffix=".log")[1]))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns once the site answers."""
        command = [sys.executable, *_SERVE.split(), "--port", str(self.port), "--workers", str(self.workers)]
        with self._log.open("ab") as log:
            self._process = popen(
                command, environment=self._environment(), folder=_PROJECT, own_session=True, output=log.fileno()
            )
        try:
            eventually(self._answers, seconds=_START_SECONDS, what=f"the site (its log: {self._log})")
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """SIGTERM, as a deployment does; returns when no process is left."""
        process = self._running()
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        """kill -9 for all its processes at once."""
        process = self._running()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def worker_pids(self) -> list[int]:
        """The processes that serve; with one worker the one process. (uvicorn replaces a killed one of several.)"""
        parent = self._running().pid
        if self.workers == 1:
            return [parent]
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(pid) for pid in children if _serves(int(pid))]

    def log(self) -> str:
        """What it has written so far."""
        return self._log.read_text(errors="replace")

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the site was not started"
        return self._process

    def _answers(self) -> bool:
        if self._running().poll() is not None:
            pytest.fail(f"the site ended while it started:\n{self.log()[-4000:]}")
        try:
            httpx.get(f"{self.url}/health/live", timeout=2.0)
        except httpx.TransportError:
            return False
        return True

    def _environment(self) -> dict[str, str]:
        return _production() | {
            "STATIC_ROOT": str(_collected_static_files()),
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",  # by name, too: no browser binds a passkey to an IP address
            "MFA_REQUIRED_ROLES": "",  # the cast signs in with passwords; who tests the second step asks for it
            "SECURE_SSL_REDIRECT": "0",  # there is no proxy in front that ends TLS
            "EMAIL_PROVIDER_BACKEND": "django.core.mail.backends.dummy.EmailBackend",  # without one nobody can sign up
            **self.variables,
        }


def _serves(pid: int) -> bool:
    """Whether a child of uvicorn is a worker, and not the resource tracker of its multiprocessing."""
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.fixture(scope="session")
def _shared_site(django_db_setup: None) -> Iterator[LiveSite]:
    site = LiveSite()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def live_site(_shared_site: LiveSite, transactional_db: None) -> LiveSite:
    """The site that all tests of a session share. A test leaves it running."""
    return _shared_site


@pytest.fixture
def start_site(transactional_db: None) -> Iterator[Callable[..., LiveSite]]:
    """`start_site(workers=2, LIMIT_ROOM="5/60")` starts a site of the test's own; it ends with the test."""
    sites: list[LiveSite] = []

    def start(*, workers: int = 2, **variables: str) -> LiveSite:
        site = LiveSite(workers=workers, variables=variables)
        sites.append(site)
        site.start()
        return site

    yield start
    for site in sites:
        site.kill()
