"""The live leaderboard when something breaks: a worker killed, Redis flushed or restarted, a client that does not read."""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from artists.models import Artist
from config.lib import redis
from config.tests.live_server import LiveSite, eventually
from config.tests.own_redis import OwnRedis
from voting.ballot_box import cast_sync
from voting.conductor import LEASE
from voting.tests.board_client import BoardClient, watching
from voting.tests.night import make_night

pytestmark = pytest.mark.django_db(transaction=True)

StartSite = Callable[..., LiveSite]
HEALED_SECONDS = 2.0


def conductor() -> int:
    """The epoch of whoever holds the lease; 0 while nobody does."""
    return int(redis.sync_client().get(LEASE) or 0)


def test_when_the_conductor_is_killed_another_takes_over(own_redis: OwnRedis, start_site: StartSite) -> None:
    site = start_site()
    night = make_night(attendees=3, artists=2)
    eventually(conductor, what="a conductor")
    first = conductor()
    for number, worker in enumerate(site.worker_pids()):  # one of the two is the conductor
        os.kill(worker, signal.SIGKILL)
        cast_sync([night.vote(number)])
        with watching(site, night.event) as viewer:
            viewer.total(number + 1)
    eventually(lambda: conductor() > first, what="a later conductor with a higher epoch")


def test_a_flushed_redis_heals_within_two_ticks_and_raises_the_epoch(live_site: LiveSite) -> None:
    night = make_night(attendees=2, artists=2)
    with watching(live_site, night.event) as viewer:
        before = viewer.frame()
        redis.sync_client().flushall()
        began = time.monotonic()
        after = viewer.until(lambda frame: frame["epoch"] != before["epoch"])
        assert after["epoch"] > before["epoch"]
        assert time.monotonic() - began < HEALED_SECONDS
        cast_sync([night.vote(0)])
        viewer.total(1)


def test_votes_cast_while_redis_is_away_are_on_the_board_when_it_is_back(
    own_redis: OwnRedis, start_site: StartSite
) -> None:
    site = start_site()
    night = make_night(attendees=2, artists=2)
    with watching(site, night.event) as viewer:
        before = viewer.frame()
        cast_sync([night.vote(0)])
        viewer.total(1)
        own_redis.kill()
        cast_sync([night.vote(1)])
        with pytest.raises(TimeoutError):
            viewer.frame(seconds=0.5)
        own_redis.start()
        began = time.monotonic()
        after = viewer.total(2)
        assert time.monotonic() - began < HEALED_SECONDS
        assert after["epoch"] > before["epoch"]


def test_all_screens_show_the_last_vote_after_all_of_it(own_redis: OwnRedis, start_site: StartSite) -> None:
    site = start_site()
    night = make_night(attendees=30, artists=3)
    with ExitStack() as stack:
        viewers = [stack.enter_context(watching(site, night.event)) for _screen in range(6)]
        for fan in range(30):
            cast_sync([night.vote(fan, fan % 3)])
            if fan == 10:
                redis.sync_client().flushall()
            if fan == 20:
                own_redis.kill()
                own_redis.start()
        for viewer in viewers:
            viewer.total(30)


def test_a_client_that_does_not_read_skips_to_the_last_frame(own_redis: OwnRedis, start_site: StartSite) -> None:
    """Frames of 30 KB fill the buffers between server and client within a few; a quick interval makes many of them."""
    site = start_site(workers=1, LEADERBOARD_INTERVAL_MS="2")
    night = make_night(attendees=250, artists=100)
    Artist.objects.update(name="N" * 150)
    address = f"{site.ws_url}/ws/events/{night.event.public_id}/leaderboard"
    asleep = socket.socket()
    asleep.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    asleep.connect(("127.0.0.1", site.port))
    with (
        connect(address, sock=asleep, compression=None, max_queue=1) as connection,
        watching(site, night.event) as awake,
    ):
        slow = BoardClient(connection)
        slow.frame()
        for fan in range(250):
            cast_sync([night.vote(fan, fan % 100)])
        awake.total(250)
        slow.total(250)
    assert len(slow.frames) < len(awake.frames)
    positions = [(frame["epoch"], frame["seq"]) for frame in slow.frames]
    assert positions == sorted(positions)


def test_a_stopping_server_ends_its_streams_and_sockets_at_once(start_site: StartSite) -> None:
    site = start_site()
    night = make_night(attendees=1)
    address = f"{site.url}/api/v1/events/{night.event.public_id}/leaderboard/stream"
    with httpx.stream("GET", address, timeout=10) as stream, watching(site, night.event) as viewer:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 2000"
        viewer.frame()
        began = time.monotonic()
        site.stop()
        assert time.monotonic() - began < 4, "it did not wait for its graceful time-out"
        list(lines)  # to its end: httpx raises for an answer that was cut off
        with pytest.raises(ConnectionClosed) as closed:
            viewer.until(lambda _frame: False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
