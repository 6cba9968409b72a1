"""The leaderboard as a read model: what the tallies say, ranked, and what each audience may see of it.

Counting happens elsewhere (ballots move the tallies in their own transaction); nothing here changes a row.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.db import connection as page_connection
from psycopg import AsyncConnection
from psycopg.sql import SQL

from events.models import Event
from voting.models import Round, RoundStatus, round_title

SHARE_DIGITS: Final = 4


class Audience(StrEnum):
    """Who is looking: anyone, whoever runs the event, or the screen in the venue."""

    FAN = "fan"
    ORGANIZER = "organizer"
    PROJECTOR = "projector"


@dataclass(frozen=True, slots=True)
class Contender:
    """An artist on the ballot of a round and the accepted votes so far. `artist` is the public id."""

    artist: str
    name: str
    slug: str
    ballot_number: int
    votes: int


@dataclass(frozen=True, slots=True)
class Place:
    """A contender's standing. `share` of all votes from 0 to 1, to four digits; equal votes share a rank."""

    contender: Contender
    rank: int
    share: float


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What a board says about its round. `results` is the rule of `vote_config` that this round follows.

    `advance`: how many go through to the next round; None where nobody is sent home.
    """

    number: int
    name: str
    status: str
    closes_at: datetime | None
    results: str
    opened_at: datetime | None = None
    advance: int | None = None

    @property
    def title(self) -> str:
        """What people call the round."""
        return round_title(self.number, self.name)


@dataclass(frozen=True, slots=True)
class Standings:
    """One event's round at one moment. `event` is the public id; `round` is None while none is planned.

    `public`: whether anyone may look without a viewing token. `contenders` are in ballot order. `held`: moderation hides the
    event from everybody who does not run it.
    """

    event_id: int
    event: str
    public: bool
    round: RoundFacts | None
    contenders: tuple[Contender, ...]
    as_of: datetime
    held: bool = False

    @property
    def total(self) -> int:
        """Accepted votes in this round."""
        return sum(contender.votes for contender in self.contenders)

    @property
    def fingerprint(self) -> str:
        """Equal as long as a viewer would see the same figures; `read_fingerprints` gives the same text."""
        facts = self.round
        return f"{self.public} {self.held} {facts.number if facts else ''} {facts.status if facts else ''} {self.total}"


def facts_of(round_: Round, event: Event) -> RoundFacts:
    """The facts of a round that is at hand; `event` is its own, whose rules hold until the round has rules."""
    rules = round_.vote_config or event.vote_config
    return RoundFacts(
        round_.number,
        round_.name,
        round_.status,
        round_.closes_at,
        rules.get("results", "live"),
        round_.opened_at,
        rules.get("advance"),
    )


def ranked(contenders: Iterable[Contender]) -> tuple[Place, ...]:
    """Most votes first, then by ballot number; whoever has equal votes shares a rank and the next ranks are left out."""
    ordered = sorted(contenders, key=lambda contender: (-contender.votes, contender.ballot_number))
    total = sum(contender.votes for contender in ordered)
    places: list[Place] = []
    for position, contender in enumerate(ordered, start=1):
        tied = bool(places) and places[-1].contender.votes == contender.votes
        share = round(contender.votes / total, SHARE_DIGITS) if total else 0.0
        places.append(Place(contender, rank=places[-1].rank if tied else position, share=share))
    return tuple(places)


def withheld(facts: RoundFacts | None, audience: Audience) -> bool:
    """Whether this audience must not see the figures of the round yet: product.md D7.

    The organizer sees them always. A disputed round is shown to nobody else, whatever its rule was.
    """
    if facts is None or audience == Audience.ORGANIZER:
        return False
    if facts.status == RoundStatus.DISPUTED:
        return True
    if facts.results == "reveal":
        return facts.status != RoundStatus.REVEALED
    if facts.results == "after_close":
        return facts.status not in {RoundStatus.CLOSED, RoundStatus.REVEALED}
    return False


def _artist(contender: Contender) -> dict[str, Any]:
    return {
        "artist": {"id": contender.artist, "name": contender.name, "slug": contender.slug},
        "ballot_number": contender.ballot_number,
    }


def _rows(standings: Standings, *, hidden: bool) -> list[dict[str, Any]]:
    if hidden:
        return [_artist(contender) for contender in standings.contenders]
    return [
        {**_artist(place.contender), "votes": place.contender.votes, "share": place.share, "rank": place.rank}
        for place in ranked(standings.contenders)
    ]


def _time(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def encoded(standings: Standings, *, hidden: bool) -> bytes:
    """The members of a frame that the standings give, as JSON without its braces.

    `hidden` leaves every figure out (votes, shares, ranks, total) and lists the artists in ballot order.
    """
    facts = standings.round
    members: dict[str, Any] = {
        "as_of": _time(standings.as_of),
        "round": facts.number if facts else None,
        "name": facts.name if facts else "",
        "status": facts.status if facts else None,
        "closes_at": _time(facts.closes_at) if facts else None,
        "withheld": hidden,
        "standings": _rows(standings, hidden=hidden),
    }
    if not hidden:
        members["total"] = standings.total
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()[1:-1]


class _Row(NamedTuple):
    """A row of `_STANDINGS`; everything from `number` on is None without a round, from `artist` on without entries."""

    event_id: int
    event: str
    public: bool
    held: bool
    as_of: datetime
    number: int | None
    name: str
    status: str
    closes_at: datetime | None
    results: str
    opened_at: datetime | None
    advance: int | None
    artist: str | None
    artist_name: str
    artist_slug: str
    ballot_number: int
    votes: int


_HELD: Final = SQL("JOIN voting_round round ON round.event_id = event.id AND round.status <> 'planned'")
# The round in progress, else the last one that was held, else the next one planned. `number` asks for one by its number.
_ROUND: Final = SQL("""
LEFT JOIN LATERAL (
    SELECT * FROM voting_round
    WHERE event_id = event.id AND (%(number)s::int IS NULL OR number = %(number)s::int)
    ORDER BY
        CASE WHEN status IN ('open', 'closing') THEN 0 WHEN status = 'planned' THEN 2 ELSE 1 END,
        CASE WHEN status = 'planned' THEN number ELSE -number END
    LIMIT 1
) round ON true
""")
_PUBLIC: Final = SQL("event.status <> 'draft' AND event.access <> 'private' AND event.held_at IS NULL")
# Votes for an artist whom moderation holds are counted as they are; what the artist is called is told nobody.
_STANDINGS: Final = SQL("""
SELECT event.id, event.public_id, {public}, event.held_at IS NOT NULL, statement_timestamp(),
    round.number, round.name, round.status, round.closes_at,
    rules.document ->> 'results', round.opened_at, (rules.document ->> 'advance')::int,
    artist.public_id, CASE WHEN artist.held_at IS NULL THEN artist.name ELSE concat('№ ', slot.ballot_number) END,
    CASE WHEN artist.held_at IS NULL THEN artist.slug ELSE '' END, slot.ballot_number,
    (SELECT coalesce(sum(votes), 0) FROM voting_tally tally WHERE tally.round_id = round.id AND tally.entry_id = entry.id)
FROM events_event event {round}
LEFT JOIN LATERAL (SELECT coalesce(nullif(round.vote_config, '{{}}'), event.vote_config) AS document) rules ON true
LEFT JOIN voting_entry entry ON entry.round_id = round.id
LEFT JOIN events_slot slot ON slot.id = entry.slot_id
LEFT JOIN artists_artist artist ON artist.id = slot.artist_id
WHERE {which}
ORDER BY event.id, round.number, slot.ballot_number
""")
_FINGERPRINTS: Final = SQL("""
SELECT event.id, concat_ws(' ', CASE WHEN {public} THEN 'True' ELSE 'False' END,
    CASE WHEN event.held_at IS NULL THEN 'False' ELSE 'True' END, coalesce(round.number::text, ''),
    coalesce(round.status, ''), (SELECT coalesce(sum(votes), 0) FROM voting_tally WHERE round_id = round.id))
FROM events_event event {round}
WHERE event.id = ANY (%(events)s) OR event.id IN (
    SELECT event_id FROM voting_round WHERE status IN ('open', 'closing')
)
""")


def _text(statement: SQL, *, round_: SQL = _ROUND, **parts: SQL) -> bytes:
    """The statement put together once, and not again at every tick."""
    return statement.format(public=_PUBLIC, round=round_, **parts).as_bytes()


_OF_EVENTS: Final = _text(_STANDINGS, which=SQL("event.id = ANY (%(events)s)"))
_OF_ONE: Final = _text(_STANDINGS, which=SQL("event.public_id = %(event)s"))
_ALL_HELD: Final = _text(_STANDINGS, round_=_HELD, which=SQL("event.id = ANY (%(events)s)"))
_BRIEF: Final = _text(_FINGERPRINTS)


def _standings(rows: Sequence[_Row]) -> Standings:
    first = rows[0]
    facts = None
    if first.number is not None:
        facts = RoundFacts(
            first.number,
            first.name,
            first.status,
            first.closes_at,
            first.results or "live",
            first.opened_at,
            first.advance,
        )
    contenders = tuple(
        Contender(row.artist, row.artist_name, row.artist_slug, row.ballot_number, int(row.votes))
        for row in rows
        if row.artist is not None
    )
    return Standings(first.event_id, first.event, first.public, facts, contenders, first.as_of, first.held)


async def _read(connection: AsyncConnection[Any], statement: bytes, parameters: dict[str, Any]) -> list[Standings]:
    cursor = await connection.execute(statement, parameters)
    return _grouped(await cursor.fetchall())


def _grouped(rows: Iterable[tuple[Any, ...]]) -> list[Standings]:
    """One for each event and round."""
    named = (_Row(*row) for row in rows)
    return [_standings(list(group)) for _key, group in groupby(named, key=lambda row: (row.event_id, row.number))]


async def read_standings(connection: AsyncConnection[Any], event_ids: Sequence[int]) -> list[Standings]:
    """The current standings of these events in one query; an event that is gone is left out."""
    return await _read(connection, _OF_EVENTS, {"events": list(event_ids), "number": None})


async def read_one(connection: AsyncConnection[Any], event: str, *, number: int | None = None) -> Standings | None:
    """The standings of the event with this public id: of its current round, or of round `number`. None: no such event.

    Without such a round `round` is None.
    """
    found = await _read(connection, _OF_ONE, {"event": event, "number": number})
    return found[0] if found else None


async def read_fingerprints(connection: AsyncConnection[Any], event_ids: Sequence[int]) -> dict[int, str]:
    """The fingerprints (see Standings) of these events and of every event with a round in progress."""
    cursor = await connection.execute(_BRIEF, {"events": list(event_ids), "number": None})
    return dict(await cursor.fetchall())


def standings_now(event_ids: Sequence[int]) -> list[Standings]:
    """`read_standings` on Django's own connection, for pages: one query, whether Redis answers or not."""
    return _read_for_page(_OF_EVENTS, {"events": list(event_ids), "number": None})


def rounds_held(event_id: int) -> list[Standings]:
    """The standings of each round of the event that has opened, by number; one query on Django's own connection."""
    return _read_for_page(_ALL_HELD, {"events": [event_id]})


def _read_for_page(statement: bytes, parameters: dict[str, Any]) -> list[Standings]:
    with page_connection.cursor() as cursor:
        cursor.execute(statement.decode(), parameters)
        return _grouped(cursor.fetchall())
