"""Ballot papers: what stands on the ballot of a round, kept in the memory of each web process.

Owner: casting, over HTTP and by text. Key: the round. Lifetime: a second, the oldest of 1,000 first. Number and event of a
round are for ever and a trigger fixes the ballot once it has opened; what moderation holds is on no paper, which is why one
is not kept for longer. A round that has not opened, and one that is not there, are never kept. Whether the round is open is not for this module to say: the ballot box asks the
database, in the statement that stores the vote.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Final, NamedTuple

from config.lib.raw_connection import RawConnection

KEPT: Final = 1_000
KEPT_SECONDS: Final = 1.0

_READ = """
SELECT round.status <> 'planned', event.public_id, round.number,
    COALESCE(
        json_agg(json_build_array(entry.id, artist.public_id, slot.ballot_number, artist.name) ORDER BY slot.ballot_number)
            FILTER (WHERE entry.id IS NOT NULL AND artist.held_at IS NULL),
        '[]')
FROM voting_round AS round
JOIN events_event AS event ON event.id = round.event_id
LEFT JOIN voting_entry AS entry ON entry.round_id = round.id
LEFT JOIN events_slot AS slot ON slot.id = entry.slot_id
LEFT JOIN artists_artist AS artist ON artist.id = slot.artist_id
WHERE round.id = %s AND event.held_at IS NULL
GROUP BY round.id, event.id"""


class Line(NamedTuple):
    """An artist on the ballot; `artist` is the public id, `number` the ballot number."""

    entry_id: int
    artist: str
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class BallotPaper:
    """`event` is the event's public id, `number` the round's; `entries` leads from an artist's public id to the entry."""

    event: str
    number: int
    lines: tuple[Line, ...]
    entries: Mapping[str, int]


class BallotPapers:
    """Belongs to one event loop."""

    def __init__(self, connect: RawConnection) -> None:
        self._connect = connect
        self._kept: dict[int, tuple[BallotPaper, float]] = {}
        self._reading: dict[int, asyncio.Task[BallotPaper | None]] = {}

    async def of(self, round_id: int) -> BallotPaper | None:
        """The round's paper, None if there is no such round, or its event is held. Raises Unavailable.

        However many ask at the moment a round opens, it is read once.
        """
        kept = self._kept.get(round_id)
        if kept is not None and monotonic() - kept[1] < KEPT_SECONDS:
            return kept[0]
        reading = self._reading.get(round_id)
        if reading is None:
            reading = self._reading[round_id] = asyncio.create_task(self._read(round_id))
            reading.add_done_callback(lambda _task: self._reading.pop(round_id))
        return await asyncio.shield(reading)

    async def _read(self, round_id: int) -> BallotPaper | None:
        async with self._connect() as connection:
            row = await (await connection.execute(_READ, [round_id])).fetchone()
        if row is None:
            return None
        is_fixed, event, number, ballot = row
        lines = tuple(Line(*line) for line in ballot)
        paper = BallotPaper(event, number, lines, {line.artist: line.entry_id for line in lines})
        if is_fixed:
            self._keep(round_id, paper)
        return paper

    def _keep(self, round_id: int, paper: BallotPaper) -> None:
        self._kept.pop(round_id, None)
        while len(self._kept) >= KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[round_id] = paper, monotonic()
