"""Relays and their conductor on a real Redis and PostgreSQL: one numbers, all receive, nothing stays lost."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db.models import F

from config.lib import redis
from config.lib.raw_connection import RawConnection
from config.tests.own_redis import OwnRedis
from voting import relay as relay_module
from voting.board import UNNUMBERED, Board
from voting.conductor import LEASE, LOADS, MARKS, Conductor, LeaseLost, _Term, stored_key
from voting.leaderboard import Audience
from voting.models import BallotChannel, Round, RoundStatus, Tally
from voting.relay import Relay
from voting.tests.night import Night, make_night

# On a Redis of their own: the site that other tests share would conduct, too.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_redis")]


@pytest.fixture
def night(transactional_db: None) -> Night:
    return make_night(attendees=1, artists=2)


def frame(board: Board | None, audience: Audience = Audience.FAN) -> dict[str, Any]:
    assert board is not None
    parsed: dict[str, Any] = json.loads(board.frame(audience, first=True))
    return parsed


def _count(night: Night, votes: int) -> None:
    """Votes for the first entry, straight into the tally: nobody is told."""
    entry = night.entries[0]
    Tally.objects.get_or_create(round=night.round, entry=entry, channel=BallotChannel.API)
    Tally.objects.filter(entry=entry).update(votes=F("votes") + votes)


def _plan_again(night: Night) -> None:
    Round.objects.filter(pk=night.round.pk).update(status=RoundStatus.PLANNED, opened_at=None)


async def count(night: Night, votes: int) -> None:
    await database_sync_to_async(_count, thread_sensitive=False)(night, votes)


async def until(condition: Callable[[], object], *, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        for _turn in itertools.count():
            if condition():
                return
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def running(number: int = 1) -> AsyncIterator[list[Relay]]:
    """Relays as in so many processes."""
    relays = [Relay() for _process in range(number)]
    async with contextlib.AsyncExitStack() as stack:
        for relay in relays:
            await stack.enter_async_context(relay.running())
        await until(lambda: all(relay._connected for relay in relays))
        yield relays


async def shown(relay: Relay, night: Night, total: int) -> Board:
    """The board, once it shows this many votes."""
    event = night.event.public_id

    def shows() -> bool:
        known = relay.hub.board(event)
        return known is not None and frame(known)["total"] == total

    await until(shows)
    board = relay.hub.board(event)
    assert board is not None
    return board


def _epoch(relay: Relay, night: Night) -> int:
    board = relay.hub.board(night.event.public_id)
    return board.epoch if board else 0


async def test_one_numbers_and_all_receive_the_same_board(night: Night) -> None:
    async with running(2) as relays:
        await count(night, 3)
        relays[0].mark(night.event.pk)
        boards = [await shown(relay, night, 3) for relay in relays]
        assert boards[0] == boards[1]
        await count(night, 4)
        relays[1].mark(night.event.pk)
        later = [await shown(relay, night, 7) for relay in relays]
        assert later[0] == later[1]
        assert later[0].position > boards[0].position


async def test_the_next_conductor_continues_with_a_higher_epoch(night: Night) -> None:
    async with running(1) as (survivor,):
        async with running(1) as (first,):
            await count(night, 1)
            first.mark(night.event.pk)
            before = await shown(survivor, night, 1)
        await count(night, 1)
        after = await shown(survivor, night, 2)
        assert after.position > before.position


async def test_a_change_that_nobody_marked_is_found(night: Night) -> None:
    async with running(1) as (relay,):
        await shown(relay, night, 0)
        await count(night, 5)
        await shown(relay, night, 5)


async def test_a_flushed_redis_raises_the_epoch_and_loses_nothing(night: Night) -> None:
    client = redis.sync_client()
    async with running(2) as relays:
        relays[0].mark(night.event.pk)
        before = await shown(relays[0], night, 0)
        await count(night, 2)
        client.flushall()
        # The conductor's comparison may have found the votes just before the flush, and shown them in the old epoch.
        await until(lambda: all(_epoch(relay, night) > before.epoch for relay in relays))
        for relay in relays:
            await shown(relay, night, 2)
        first, second = relays
        await until(lambda: first.hub.board(night.event.public_id) == second.hub.board(night.event.public_id))


async def test_a_mark_made_while_its_board_is_published_stays(night: Night) -> None:
    async with conducting() as (conductor, term, client):
        await client.hincrby(MARKS, str(night.event.pk), 1)
        taken = await conductor._read_marks(term)
        await client.hincrby(MARKS, str(night.event.pk), 1)
        await conductor._publish(term, taken)
        assert await conductor._read_marks(term) == {night.event.pk: 2}
        await conductor._publish(term, {night.event.pk: 2})
        assert await conductor._read_marks(term) == {}


async def test_a_conductor_that_comes_back_late_neither_takes_marks_nor_publishes(night: Night) -> None:
    async with conducting() as (conductor, term, client):
        await client.hincrby(MARKS, str(night.event.pk), 1)
        taken = await conductor._read_marks(term)
        await client.set(LEASE, term.epoch + 1)
        with pytest.raises(LeaseLost):
            await conductor._publish(term, taken)
        with pytest.raises(LeaseLost):
            await conductor._read_marks(term)
        assert await client.get(stored_key(night.event.public_id)) is None
        assert await client.hgetall(MARKS) == {str(night.event.pk).encode(): b"1"}
        await conductor.release()
        assert await client.get(LEASE) == str(term.epoch + 1).encode()


async def test_an_epoch_is_higher_than_any_before_whatever_the_clock_says() -> None:
    async with conducting() as (conductor, term, client):
        assert await conductor._take_lease() == 0, "the lease is held"
        far_ahead = term.epoch + 10**9
        await client.set("{leaderboard}:epoch", far_ahead)
        await client.delete(LEASE)
        assert await conductor._take_lease() == far_ahead + 1


async def test_the_mark_of_an_event_that_is_gone_goes_too() -> None:
    async with conducting() as (conductor, term, client):
        await client.hincrby(MARKS, "999999999", 1)
        await conductor._publish(term, await conductor._read_marks(term))
        assert await client.hgetall(MARKS) == {}


@contextlib.asynccontextmanager
async def conducting() -> AsyncIterator[tuple[Conductor, _Term, redis.AsyncClient]]:
    """A conductor with the lease, not ticking by itself."""
    client, database = redis.async_client(), RawConnection("test")
    conductor = Conductor(client, database)
    yield conductor, _Term(await conductor._take_lease(), 50), client
    await client.aclose()
    await database.close()


async def test_the_interval_grows_with_the_time_it_takes_to_tell_everybody(night: Night) -> None:
    async with running(1) as (relay,):
        assert frame(await shown(relay, night, 0))["interval_ms"] == 50
        redis.sync_client().zadd(LOADS, {"a busy process": 0.2})
        await until(lambda: not redis.sync_client().exists(LOADS))
        await count(night, 1)
        relay.mark(night.event.pk)
        assert frame(await shown(relay, night, 1))["interval_ms"] == 400


class TestFindingABoard:
    """`Relay.board`: from memory, from Redis, by asking for it, from the database."""

    async def test_an_event_that_does_not_exist_has_none(self) -> None:
        async with running(1) as (relay,):
            assert await relay.board("0" * 16) is None

    async def test_a_late_joiner_gets_what_is_stored_without_a_query(
        self, night: Night, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with running(1) as (first,):
            told = frame(await first.board(night.event.public_id))
            async with running(1) as (late,):
                monkeypatch.setattr(relay_module, "read_one", None)  # whoever called it would fail
                late.hub._boards.clear()
                found = frame(await late.board(night.event.public_id))
                assert found["standings"] == told["standings"]
                assert found["seq"] >= told["seq"]  # the conductor may have numbered it once more meanwhile

    async def test_an_event_without_a_round_in_progress_is_numbered_when_asked_for(self, night: Night) -> None:
        async with running(1) as (relay,):
            await database_sync_to_async(_plan_again, thread_sensitive=False)(night)
            redis.sync_client().flushall()
            board = await relay.board(night.event.public_id)
            assert frame(board)["status"] == "planned"
            assert board is not None
            assert board.position > UNNUMBERED

    async def test_a_whole_room_that_asks_at_once_causes_one_read(self, night: Night) -> None:
        async with running(1) as (relay,):
            reads = 0
            find = relay._find

            async def counted(event: str) -> Board | None:
                nonlocal reads
                reads += 1
                return await find(event)

            relay._find = counted  # type: ignore[method-assign]  # only counts
            relay.hub._boards.clear()
            boards = await asyncio.gather(*(relay.board(night.event.public_id) for _fan in range(50)))
            assert all(boards)
            assert reads == 1


class TestWithoutRedis:
    @pytest.fixture(autouse=True)
    def _redis_is_away(self, own_redis: OwnRedis) -> None:
        own_redis.kill()

    async def test_boards_are_read_from_the_database_and_stay_current(self, night: Night) -> None:
        relay = Relay()
        async with relay.running():
            board = await relay.board(night.event.public_id)
            assert (frame(board)["total"], board and board.position) == (0, UNNUMBERED)
            await count(night, 6)
            async with asyncio.timeout(20):
                while frame(await relay.board(night.event.public_id))["total"] != 6:  # noqa: ASYNC110 - asks each time
                    await asyncio.sleep(0.01)

    async def test_marks_wait_for_its_return(self, night: Night) -> None:
        relay = Relay()
        async with relay.running():
            relay.mark(night.event.pk)
            await asyncio.sleep(0.2)
            assert relay._marked == {night.event.pk}

    def test_a_mark_from_a_command_does_not_raise(self) -> None:
        relay_module.mark(1)


def test_a_mark_that_redis_refuses_does_not_raise() -> None:
    redis.sync_client().set(MARKS, "something else")
    relay_module.mark(1)


async def test_a_mark_that_redis_refused_is_sent_again(night: Night) -> None:
    async with running(1) as (relay,):
        await shown(relay, night, 0)
        redis.sync_client().delete(MARKS)
        redis.sync_client().set(MARKS, "something else")
        relay.mark(night.event.pk)
        await asyncio.sleep(0.1)
        assert relay._marked == {night.event.pk}
        redis.sync_client().delete(MARKS)
        await until(lambda: not relay._marked)


def test_a_mark_from_a_command_reaches_redis() -> None:
    relay_module.mark(42)
    relay_module.mark(42)
    assert redis.sync_client().hgetall(MARKS) == {b"42": b"2"}


async def test_a_mark_from_a_thread_of_a_web_process_is_relayed(night: Night) -> None:
    async with relay_module.part() as relay:
        await shown(relay, night, 0)
        await count(night, 1)
        await asyncio.to_thread(relay_module.mark, night.event.pk)
        await shown(relay, night, 1)
    with pytest.raises(AssertionError, match="no relay"):
        relay_module.current()
