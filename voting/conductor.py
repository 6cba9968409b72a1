"""The conductor: the one process at a time that numbers the leaderboards and publishes them.

Every web process tries for a lease in Redis. Whoever holds it takes, at each tick, the events that were marked since the
last one, reads their tallies in one query, gives each board its number and publishes it once for all processes. About
once a second it compares what it has published with what the tallies say, which heals whatever went wrong in between:
a mark lost with a crashed process, a conductor killed between taking a mark and publishing, a flushed Redis.

The lease is also the fence: marks are taken and boards are published by scripts that first check who holds it, so a
process that was paused and comes back late can neither swallow a mark nor publish an old board.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import structlog
from django.conf import settings
from prometheus_client import Counter, Histogram

from config.lib import redis
from config.lib.errors import Unavailable
from config.lib.raw_connection import RawConnection
from voting.board import Board, board_of
from voting.leaderboard import Standings, read_fingerprints, read_standings

logger = structlog.get_logger(__name__)

# One hash tag: the scripts touch several of these keys at once, which a Redis cluster allows within one slot only.
LEASE: Final = "{leaderboard}:lease"
EPOCH: Final = "{leaderboard}:epoch"
MARKS: Final = "{leaderboard}:marks"
LOADS: Final = "{leaderboard}:loads"
BOARDS: Final = "{leaderboard}:boards"  # the channel

LEASE_MS: Final = 1_500
CANDIDATE_SECONDS: Final = 0.25
HEAL_SECONDS: Final = 1.0
STORED_MS: Final = 60_000
WATCHED_SECONDS: Final = 3_600.0  # how long a board that no round keeps in progress is compared after its last change
LONGEST_INTERVAL_MS: Final = 1_000

_CHANGES = Counter("fanfare_leaderboard_boards_total", "Boards numbered and published by this process.")
_TICK = Histogram(
    "fanfare_leaderboard_tick_seconds",
    "Time from taking the marks to having published their boards.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
)

# Redis's clock, so that no two machines need to agree, and never lower than an epoch that was already used.
_TAKE_LEASE = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local epoch = math.max(now, tonumber(redis.call('GET', KEYS[2]) or '0') + 1)
redis.call('SET', KEYS[2], string.format('%.0f', epoch))
redis.call('SET', KEYS[1], string.format('%.0f', epoch), 'PX', ARGV[1])
return epoch
"""
# Marks are counted, and taken away only when the boards they ask for are published: a mark made in between stays.
_READ_MARKS = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return nil end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('HGETALL', KEYS[2])
"""
_PUBLISH = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local next = 5
for _ = 1, ARGV[4] do
    if redis.call('HGET', KEYS[2], ARGV[next]) == ARGV[next + 1] then redis.call('HDEL', KEYS[2], ARGV[next]) end
    next = next + 2
end
for number = 3, #KEYS do
    redis.call('SET', KEYS[number], ARGV[next], 'PX', ARGV[2])
    redis.call('PUBLISH', ARGV[3], ARGV[next])
    next = next + 1
end
return 1
"""
_TAKE_LOADS = """
local worst = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('DEL', KEYS[1])
return worst[2]
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"


def stored_key(event: str) -> str:
    """Where the newest board of the event with this public id is kept for late joiners."""
    return f"{{leaderboard}}:board:{event}"


class LeaseLost(Exception):
    """Another process conducts now, or Redis has forgotten that this one does."""


@dataclass(slots=True)
class _Term:
    """What a conductor remembers while it holds the lease. `published`: fingerprint and time, by event id."""

    epoch: int
    interval_ms: int
    sequences: dict[int, int] = field(default_factory=dict)
    published: dict[int, tuple[str, float]] = field(default_factory=dict)
    ill: set[int] = field(default_factory=set)  # whose published board does not say what the tallies say
    heal_at: float = 0.0

    def number(self, standings: Standings) -> Board:
        seq = self.sequences.get(standings.event_id, 0) + 1
        self.sequences[standings.event_id] = seq
        return board_of(standings, position=(self.epoch, seq), interval_ms=self.interval_ms)


class Conductor:
    """Tries for the lease and conducts while it holds it."""

    def __init__(self, client: redis.AsyncClient, database: RawConnection) -> None:
        self._redis = client
        self._database = database
        self._epoch = 0

    async def run(self) -> None:
        """Never returns. While Redis or the database is away it keeps trying."""
        while True:
            try:
                if epoch := await self._take_lease():
                    logger.info("leaderboard.conducting", epoch=epoch)
                    await self._conduct(_Term(epoch, settings.LEADERBOARD_INTERVAL_MS))
                await asyncio.sleep(CANDIDATE_SECONDS)
            except LeaseLost:
                logger.info("leaderboard.lease_lost", epoch=self._epoch)
            except redis.AWAY:
                await asyncio.sleep(settings.LEADERBOARD_INTERVAL_MS / 1000)
            except Unavailable:
                await self.release()  # perhaps another process still reaches the database
                await asyncio.sleep(HEAL_SECONDS)

    async def release(self) -> None:
        """Give the lease back, so that another process takes over at once instead of when it has run out."""
        with contextlib.suppress(*redis.AWAY):
            await self._redis.eval(_RELEASE, 1, LEASE, self._epoch)

    async def _take_lease(self) -> int:
        epoch: int = await self._redis.eval(_TAKE_LEASE, 2, LEASE, EPOCH, LEASE_MS)
        self._epoch = epoch or self._epoch
        return epoch

    async def _conduct(self, term: _Term) -> None:
        """Tick until the lease is lost."""
        while True:
            started = monotonic()
            marks = await self._read_marks(term)
            if started >= term.heal_at:
                term.heal_at = started + HEAL_SECONDS
                await self._compare(term)
            if marks or term.ill:
                await self._publish(term, marks)
                _TICK.observe(monotonic() - started)
            await asyncio.sleep(max(0.0, started + term.interval_ms / 1000 - monotonic()))

    async def _read_marks(self, term: _Term) -> dict[int, int]:
        """How often each event was marked. Keeps the lease for another while. Raises LeaseLost."""
        marks = await self._redis.eval(_READ_MARKS, 2, LEASE, MARKS, term.epoch, LEASE_MS)
        if marks is None:
            raise LeaseLost
        numbers = iter(map(int, marks))
        return dict(zip(numbers, numbers, strict=True))

    async def _compare(self, term: _Term) -> None:
        """Find the events whose figures are not what was published last; set the interval by the busiest process."""
        forgotten = monotonic() - WATCHED_SECONDS
        term.published = {event: known for event, known in term.published.items() if known[1] > forgotten}
        async with self._database() as connection:
            current = await read_fingerprints(connection, list(term.published))
        term.ill = {
            event for event, fingerprint in current.items() if term.published.get(event, ("", 0))[0] != fingerprint
        }
        worst = float(await self._redis.eval(_TAKE_LOADS, 1, LOADS) or 0)
        wanted = 2_000 * worst
        term.interval_ms = int(min(max(settings.LEADERBOARD_INTERVAL_MS, wanted), LONGEST_INTERVAL_MS))

    async def _publish(self, term: _Term, marks: dict[int, int]) -> None:
        """One query for all, one number for each, one script. Until it succeeds, the marks stay."""
        async with self._database() as connection:
            found = await read_standings(connection, [*(marks.keys() | term.ill)])
        boards = [term.number(standings) for standings in found]
        keys = [LEASE, MARKS, *(stored_key(board.event) for board in boards)]
        counts = [number for mark in marks.items() for number in mark]
        packed = [board.packed() for board in boards]
        if not await self._redis.eval(
            _PUBLISH, len(keys), *keys, term.epoch, STORED_MS, BOARDS, len(marks), *counts, *packed
        ):
            raise LeaseLost
        now = monotonic()
        term.published |= {standings.event_id: (standings.fingerprint, now) for standings in found}
        term.ill = set()
        _CHANGES.inc(len(boards))
