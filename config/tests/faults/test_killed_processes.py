"""Processes die in the middle of a night: what was acknowledged is stored, nothing is doubled, replies stay the same."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import DatabaseError

from config.embedded.paths import Layout, data_folder
from config.lib import redis
from config.tests.faults import crowd as crowds
from config.tests.faults.crowd import assert_told_is_stored, crowd, everybody_votes_twice
from config.tests.live_server import LiveSite, eventually
from voting.tests.night import Night, make_night

pytestmark = pytest.mark.usefixtures("transactional_db")

StartSite = Callable[..., LiveSite]
ATTENDEES = 200


@pytest.fixture
def night(transactional_db: None) -> Night:
    return make_night(attendees=ATTENDEES)


def run_with_fault(site: LiveSite, night: Night, folder: Path, fault: Callable[[], None]) -> crowds.Crowd:
    """Everybody votes, and in the middle of it the fault happens."""
    with crowd(folder, everybody_votes_twice(site, night)) as fans:
        eventually(lambda: night.accepted() > ATTENDEES // 10, what="the first votes")
        assert fans.is_busy, "the fault comes too late to disturb anybody"
        fault()
        fans.wait()
    return fans


def test_a_web_process_is_killed(night: Night, live_site: LiveSite, tmp_path: Path) -> None:
    worker = live_site.worker_pids()[0]
    assert_told_is_stored(run_with_fault(live_site, night, tmp_path, lambda: os.kill(worker, signal.SIGKILL)), night)


def test_all_web_processes_are_killed_and_started_again(night: Night, start_site: StartSite, tmp_path: Path) -> None:
    site = start_site(workers=2)

    def fault() -> None:
        site.kill()
        site.start()

    assert_told_is_stored(run_with_fault(site, night, tmp_path, fault), night)


def test_redis_loses_everything(night: Night, live_site: LiveSite, tmp_path: Path) -> None:
    def fault() -> None:
        redis.sync_client().flushall()

    assert_told_is_stored(run_with_fault(live_site, night, tmp_path, fault), night)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _postmaster() -> int:
    """The embedded server's main process; whoever runs it starts it again when it ends."""
    return int((Layout(data_folder()).postgres / "postmaster.pid").read_text().split()[0])


def _end_postgres(by: signal.Signals) -> None:
    pid = _postmaster()
    connection.close()
    os.kill(pid, by)
    eventually(_answers, seconds=180, what="PostgreSQL")


def _answers() -> bool:
    connection.close()
    with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time() > now() - interval '30 seconds'")
        return bool(cursor.fetchone() == (True,))
    return False


embedded = pytest.mark.skipif(
    "FANFARE_DATA" not in os.environ, reason="only the embedded PostgreSQL is ours to stop and start"
)


@pytest.fixture
def _commits_are_flushed(transactional_db: None) -> Iterator[None]:
    """As in production; the servers of the tests flush nothing otherwise."""
    yield from _with_synchronous_commit("on")


@pytest.fixture
def _commits_are_not_flushed(transactional_db: None) -> Iterator[None]:
    yield from _with_synchronous_commit("off")


def _with_synchronous_commit(value: str) -> Iterator[None]:
    """For every connection made from here on; those that the site has are ended."""
    name = connection.ops.quote_name(settings.DATABASES["default"]["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = {value}")
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} RESET synchronous_commit")


@embedded
@pytest.mark.usefixtures("_commits_are_flushed")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGQUIT], ids=["restart", "crash"])
def test_postgres_is_restarted(night: Night, live_site: LiveSite, tmp_path: Path, by: signal.Signals) -> None:
    assert_told_is_stored(run_with_fault(live_site, night, tmp_path, lambda: _end_postgres(by)), night)


@embedded
@pytest.mark.usefixtures("_commits_are_not_flushed")
def test_with_commits_that_are_not_flushed_a_crash_loses_acknowledged_votes(
    night: Night, live_site: LiveSite, tmp_path: Path
) -> None:
    """The control of the test above, a few times over: what was in the write-ahead log's buffer may just have gone out."""
    for attendee in range(5):
        vote = crowds.vote_over_http(live_site, night, attendee)
        with crowd(tmp_path, [[vote]]) as fans:
            fans.wait()
            _end_postgres(signal.SIGQUIT)
            if night.accepted() < len(fans.told()):
                return
    pytest.fail("every acknowledged vote survived, although nothing was flushed")
