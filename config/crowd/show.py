"""A crowd that keeps coming: it joins and votes by text until its round is over, as its taste drifts."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Final

from channels.db import database_sync_to_async
from django.db.models import Sum

from config.crowd.behaviour import coming
from config.crowd.guests import Guest
from config.crowd.room import Person, Room
from config.crowd.scene import Scene
from config.crowd.taste import Taste
from voting.models import Round, RoundStatus, Tally

TOGETHER: Final = 8  # people who text at the same time: a conversation should take seconds, not minutes
_LOOKS_EVERY: Final = 1.0  # seconds


@dataclass
class Board:
    """What everybody in the room sees. `votes` is ballot number → votes; `changes` counts new leaders."""

    votes: dict[int, int] = field(default_factory=dict)
    leader: int | None = None
    changes: int = 0

    def show(self, votes: dict[int, int]) -> None:
        """A tie is no new leader: whoever led goes on leading until somebody has more."""
        self.votes = votes
        best = max(votes, key=lambda number: votes[number], default=None)
        if best is None or votes[best] <= votes.get(self.leader or 0, 0):
            return
        self.changes += self.leader is not None
        self.leader = best

    @property
    def lead(self) -> int:
        """Votes between the leader and the next."""
        others = [votes for number, votes in self.votes.items() if number != self.leader]
        return self.votes.get(self.leader or 0, 0) - max(others, default=0)


@dataclass
class Show:
    """On the open round `round_id`. `seconds` is how long it may last; `came` counts people, `over` ends it."""

    scene: Scene
    round_id: int
    room: Room
    chance: random.Random
    seconds: float
    board: Board = field(default_factory=Board)
    came: int = 0
    over: bool = False

    def __post_init__(self) -> None:
        self.began = monotonic()
        self._taste = Taste(self.scene.contestants, self.chance)

    @property
    def gone(self) -> float:
        """Seconds since it began."""
        return monotonic() - self.began

    async def run(self, guests: Iterator[Guest], report: Callable[[], None]) -> None:
        """Until the round is over, time is up or nobody is left; `report` is called with every look at the board."""
        try:
            async with self._watched(report):
                await self.room.hold(self._people(guests), together=TOGETHER)
        finally:
            self.room.close()

    def _people(self, guests: Iterator[Guest]) -> Iterator[Person]:
        for guest in guests:
            if self.over:
                return
            self.came += 1
            texts = coming(self.scene, self.chance, self._taste.pick, inside=guest.inside)
            yield partial(self.room.text, guest.phone, texts)

    @asynccontextmanager
    async def _watched(self, report: Callable[[], None]) -> AsyncIterator[None]:
        watching = asyncio.create_task(self._watch(report))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self, report: Callable[[], None]) -> None:
        look = database_sync_to_async(standings, thread_sensitive=False)
        while not self.over:
            votes, is_open = await look(self.round_id)
            self.board.show(votes)
            self._taste.follow(votes)
            self.over = not is_open or self.gone >= self.seconds
            report()
            await asyncio.sleep(_LOOKS_EVERY)


def standings(round_id: int) -> tuple[dict[int, int], bool]:
    """Ballot number → votes of the round, and whether it is open."""
    rows = Tally.objects.filter(round=round_id).values_list("entry__slot__ballot_number").annotate(Sum("votes"))
    return dict(rows), Round.objects.filter(pk=round_id, status=RoundStatus.OPEN).exists()


def seconds_left(round_id: int, *, now: datetime) -> float | None:
    """Until the clock closes the round; None if nothing does."""
    closes_at = Round.objects.values_list("closes_at", flat=True).get(pk=round_id)
    return (closes_at - now).total_seconds() if closes_at else None
