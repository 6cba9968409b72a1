"""The relay: brings every change of a tally to every screen.

After a commit the event is marked (`mark`). The marks go to Redis; the conductor of all processes numbers and publishes
the boards; each process receives them once and gives them to its hub. A vote never waits for any of this, and with
Redis away votes are stored and boards are read from the database until it is back.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final

import structlog
from django.conf import settings

from config.lib import redis
from config.lib.errors import Unavailable
from config.lib.raw_connection import RawConnection
from config.lib.stopping import end, when_stopping
from voting.board import UNNUMBERED, Board, board_of, unpacked
from voting.conductor import BOARDS, LOADS, MARKS, STORED_MS, Conductor, stored_key
from voting.holders import ASKED_EVERY_SECONDS, Holders
from voting.hub import Hub
from voting.leaderboard import Standings, read_one

logger = structlog.get_logger(__name__)

ARRIVAL_SECONDS: Final = 1.0  # how long a reader waits for a board that it had to ask for
UNNUMBERED_SECONDS: Final = 0.25  # how long a board read without Redis is shown again
PULSE_SECONDS: Final = 1.0
MARK_PAUSE_SECONDS: Final = 0.01


class Relay:
    """One per web process, in its event loop."""

    def __init__(self) -> None:
        self.hub = Hub()
        self._loop = asyncio.get_running_loop()
        self._name = secrets.token_hex(8)
        self._redis = redis.async_client()
        self._database = RawConnection("leaderboard")
        self.holders = Holders(self._database)
        self._conductor = Conductor(self._redis, self._database)
        self._connected = False
        self._marked: set[int] = set()
        self._wake = asyncio.Event()
        self._asking: dict[str, asyncio.Task[Board | None]] = {}
        self._unnumbered: dict[str, tuple[Board, float]] = {}

    def mark(self, event_id: int) -> None:
        """The event's board has changed. Never raises, never waits; from any thread."""
        self._loop.call_soon_threadsafe(self._mark, event_id)

    async def board(self, event: str) -> Board | None:
        """The newest board of the event with this public id; None if there is none, drafts included.

        From memory; else from Redis; else it is asked for. Without Redis it is read from the database and carries no
        number. Raises Unavailable when the database is needed and away.
        """
        if self._connected:
            known = self.hub.board(event, younger_than=STORED_MS / 1000)
            if known is not None and known.position != UNNUMBERED:
                return known
        if event not in self._asking:  # everybody who asks at the same moment is given the same answer
            self._asking[event] = asyncio.create_task(self._find(event))
            self._asking[event].add_done_callback(lambda task: self._found(event, task))
        return await asyncio.shield(self._asking[event])

    async def standings(self, event: str, *, number: int) -> Standings | None:
        """What round `number` of the event ended with, or has so far; None for no such event. Raises Unavailable."""
        async with self._database() as connection:
            return await read_one(connection, event, number=number)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs the relay for the length of the block."""
        parts = (
            self.hub.run,
            self._send_marks,
            self._listen,
            self._report,
            self._look_after_holders,
            self._conductor.run,
        )
        tasks = [asyncio.create_task(_kept_up(part)) for part in parts]
        try:
            with when_stopping(self.hub.end_streams):
                yield
        finally:
            await end(*tasks)
            await self._conductor.release()
            await self._redis.aclose()
            await self._database.close()

    def _mark(self, event_id: int) -> None:
        self._marked.add(event_id)
        self._wake.set()

    async def _send_marks(self) -> None:
        """Many marks of one moment are one; what Redis did not take is sent again."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            marked, self._marked = self._marked, set()
            try:
                async with self._redis.pipeline(transaction=False) as pipeline:
                    for event_id in marked:
                        pipeline.hincrby(MARKS, str(event_id), 1)
                    await pipeline.execute()
                await asyncio.sleep(MARK_PAUSE_SECONDS)
            except redis.Error:
                self._marked |= marked
                self._wake.set()
                await asyncio.sleep(settings.LEADERBOARD_INTERVAL_MS / 1000)

    async def _listen(self) -> None:
        """Receive what is published, and after every gap what was stored meanwhile."""
        while True:
            with contextlib.suppress(*redis.AWAY):
                async with self._redis.pubsub() as subscription:
                    await subscription.subscribe(BOARDS)
                    await self._receive(subscription)
            self._connected = False
            await asyncio.sleep(settings.LEADERBOARD_INTERVAL_MS / 1000)

    async def _receive(self, subscription: redis.Subscription) -> None:
        """Returns when the connection has been silent for so long that it must be dead: a ping was not answered."""
        pinged = False
        while True:
            message = await subscription.get_message(timeout=PULSE_SECONDS)
            if message is None:
                if pinged:
                    return
                await subscription.ping()
                pinged = True
                continue
            pinged = False
            if message["type"] == "subscribe":
                self._connected = True
                await self._catch_up()
            elif message["type"] == "message":
                self._show(message["data"])

    async def _catch_up(self) -> None:
        """What was published while we did not listen."""
        for event in self.hub.watched:
            if stored := await self._redis.get(stored_key(event)):
                self._show(stored)
            elif known := self.hub.board(event):
                self._mark(known.event_id)

    def _show(self, packed: bytes | str) -> None:
        assert isinstance(packed, bytes)  # our clients decode nothing
        self.hub.show(unpacked(packed))

    async def _report(self) -> None:
        """How long it takes to tell all viewers of this process, for the conductor's interval."""
        while True:
            await asyncio.sleep(PULSE_SECONDS / 2)
            if self.hub.watched:
                with contextlib.suppress(*redis.AWAY):
                    await self._redis.zadd(LOADS, {self._name: self.hub.load_seconds})

    async def _look_after_holders(self) -> None:
        """Whoever is signed out gets nothing from then on that is not for everybody."""
        while True:
            await asyncio.sleep(ASKED_EVERY_SECONDS)
            with contextlib.suppress(Unavailable):  # then nobody can have been signed out either
                self.hub.dismiss(await self.holders.gone(self.hub.holders))

    def _found(self, event: str, task: asyncio.Task[Board | None]) -> None:
        del self._asking[event]
        if not task.cancelled():
            task.exception()  # looked at, also when everybody who asked has left

    async def _find(self, event: str) -> Board | None:
        if self._connected:
            with contextlib.suppress(*redis.AWAY):
                if stored := await self._redis.get(stored_key(event)):
                    self._show(stored)
                    return self.hub.board(event)
        recent = self._unnumbered.get(event)
        if recent and monotonic() - recent[1] < UNNUMBERED_SECONDS:
            return recent[0]
        async with self._database() as connection:
            standings = await read_one(connection, event)
        if standings is None:
            return None
        return await self._numbered(standings) or self._without_number(standings)

    async def _numbered(self, standings: Standings) -> Board | None:
        """The board as the conductor publishes it; None when it does not in time."""
        if not self._connected:
            return None
        self._mark(standings.event_id)
        return await self.hub.next_board(standings.event, seconds=ARRIVAL_SECONDS)

    def _without_number(self, standings: Standings) -> Board:
        board = board_of(standings, position=UNNUMBERED, interval_ms=settings.LEADERBOARD_INTERVAL_MS)
        now = monotonic()
        self._unnumbered = {
            event: known for event, known in self._unnumbered.items() if now - known[1] < UNNUMBERED_SECONDS
        }
        self._unnumbered[board.event] = board, now
        self.hub.show(board)
        return board


async def _kept_up(part: Callable[[], Awaitable[None]]) -> None:
    """Runs an endless part of the relay again when a fault of ours has ended it."""
    while True:
        try:
            await part()
        except Exception:
            logger.exception("leaderboard.part_failed", part=part.__qualname__)
            await asyncio.sleep(PULSE_SECONDS)


class _Process:
    """Which relay this process has; a command or a worker has none."""

    relay: Relay | None = None


@asynccontextmanager
async def part() -> AsyncIterator[Relay]:
    """The relay of this process, for as long as the block lasts."""
    relay = Relay()
    async with relay.running():
        _Process.relay = relay
        try:
            yield relay
        finally:
            _Process.relay = None


def current() -> Relay:
    """The relay of this process. There is one in every web process from its start to its end."""
    assert _Process.relay is not None, "no relay runs in this process"
    return _Process.relay


def mark(event_id: int) -> None:
    """The event's tallies or its round have changed, and that is committed. Never raises; from any thread.

    In a web process it returns at once. Elsewhere it tells Redis itself, and if that fails the mark is lost, which the
    conductor's comparison heals.
    """
    if _Process.relay is not None:
        _Process.relay.mark(event_id)
        return
    try:
        redis.sync_client().hincrby(MARKS, str(event_id), 1)
    except redis.Error:
        logger.warning("leaderboard.mark_lost", event_id=event_id, exc_info=True)
