"""Ranking, what each audience may see, and which round is the one to show."""

import json
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from asgiref.sync import async_to_sync
from hypothesis import given
from hypothesis import strategies as st

from config.lib.raw_connection import connection_parameters
from events.models import Event, EventAccess, EventStatus
from events.tests.factories import EventFactory
from voting.leaderboard import (
    Audience,
    Contender,
    RoundFacts,
    Standings,
    encoded,
    ranked,
    read_fingerprints,
    read_one,
    withheld,
)
from voting.models import BallotChannel, Entry, Round, RoundStatus, Tally
from voting.tests.factories import RoundFactory, line_up, opened

votes_of_a_ballot = st.lists(st.integers(min_value=0, max_value=10**6), max_size=12)


def contenders(*votes: int) -> list[Contender]:
    return [
        Contender(f"a{number}", f"Artist {number}", f"artist-{number}", number, cast)
        for number, cast in enumerate(votes, 1)
    ]


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ((), []),
        ((0, 0), [(1, 1, 0.0), (2, 1, 0.0)]),
        ((1, 3), [(2, 1, 0.75), (1, 2, 0.25)]),
        ((2, 5, 2, 1), [(2, 1, 0.5), (1, 2, 0.2), (3, 2, 0.2), (4, 4, 0.1)]),
        ((1, 1, 1), [(1, 1, 0.3333), (2, 1, 0.3333), (3, 1, 0.3333)]),
    ],
)
def test_equal_votes_share_a_rank_in_ballot_order(
    votes: tuple[int, ...], expected: list[tuple[int, int, float]]
) -> None:
    places = ranked(contenders(*votes))
    assert [(place.contender.ballot_number, place.rank, place.share) for place in places] == expected


@given(votes_of_a_ballot)
def test_a_rank_is_one_more_than_the_number_of_contenders_with_more_votes(votes: list[int]) -> None:
    places = ranked(contenders(*votes))
    assert sorted(place.contender.ballot_number for place in places) == list(range(1, len(votes) + 1))
    for place in places:
        assert place.rank == 1 + sum(other > place.contender.votes for other in votes)
        assert place.share == pytest.approx(place.contender.votes / (sum(votes) or 1), abs=0.00005)


EVERYONE_ELSE = (Audience.FAN, Audience.PROJECTOR)


@pytest.mark.parametrize(
    ("results", "shown_from"),
    [
        ("live", {"planned", "open", "closing", "closed", "revealed"}),
        ("after_close", {"closed", "revealed"}),
        ("reveal", {"revealed"}),
    ],
)
@pytest.mark.parametrize("status", RoundStatus.values)
def test_who_sees_the_figures_when(results: str, shown_from: set[str], status: str) -> None:
    facts = RoundFacts(1, "", status, None, results)
    assert not withheld(facts, Audience.ORGANIZER)
    assert [withheld(facts, audience) for audience in EVERYONE_ELSE] == [status not in shown_from] * 2


@given(votes_of_a_ballot)
def test_hidden_bytes_are_the_same_whatever_the_votes_are(votes: list[int]) -> None:
    def board(votes: list[int]) -> bytes:
        facts = RoundFacts(1, "Final", "open", None, "reveal")
        standings = Standings(1, "e", public=True, round=facts, contenders=tuple(contenders(*votes)), as_of=AS_OF)
        return encoded(standings, hidden=True)

    assert board(votes) == board([0] * len(votes))


AS_OF = datetime(2026, 11, 20, 21, 0, 0, 123456, tzinfo=UTC)


def test_a_shown_board_says_all_of_it() -> None:
    facts = RoundFacts(2, "Final", "open", AS_OF, "live")
    standings = Standings(1, "e", public=True, round=facts, contenders=tuple(contenders(1, 3)), as_of=AS_OF)
    assert json.loads(b"{%b}" % encoded(standings, hidden=False)) == {
        "as_of": "2026-11-20T21:00:00.123456Z",
        "round": 2,
        "name": "Final",
        "status": "open",
        "closes_at": "2026-11-20T21:00:00.123456Z",
        "withheld": False,
        "total": 4,
        "standings": [
            {
                "artist": {"id": "a2", "name": "Artist 2", "slug": "artist-2"},
                "ballot_number": 2,
                "votes": 3,
                "share": 0.75,
                "rank": 1,
            },
            {
                "artist": {"id": "a1", "name": "Artist 1", "slug": "artist-1"},
                "ballot_number": 1,
                "votes": 1,
                "share": 0.25,
                "rank": 2,
            },
        ],
    }


async def _standings(event: str, number: int | None) -> tuple[Standings | None, dict[int, str]]:
    async with await psycopg.AsyncConnection.connect(**connection_parameters()) as connection:
        found = await read_one(connection, event, number=number)
        return found, await read_fingerprints(connection, [found.event_id] if found else [])


def standings(event: Event, number: int | None = None) -> Standings:
    """What the database says, and its fingerprint besides, which must agree."""
    found, fingerprints = async_to_sync(_standings)(event.public_id, number)
    assert found is not None
    if number is None:
        assert fingerprints[event.pk] == found.fingerprint
    return found


def count(entry: Entry, votes: int, channel: str = BallotChannel.API) -> None:
    Tally.objects.create(round=entry.round, entry=entry, channel=channel, votes=votes)


def held(event: Event, number: int, status: str, **fields: Any) -> Round:
    return RoundFactory.create(event=event, number=number, status=status, opened_at=datetime.now(UTC), **fields)


@pytest.mark.django_db(transaction=True)
class TestReading:
    def test_votes_of_all_channels_are_counted_together(self) -> None:
        round_, entries = opened(artists=2)
        count(entries[0], 2, BallotChannel.SMS)
        count(entries[0], 3, BallotChannel.API)
        found = standings(round_.event)
        assert [(row.ballot_number, row.votes) for row in found.contenders] == [(1, 5), (2, 0)]
        assert found.total == 5

    @pytest.mark.parametrize(
        ("statuses", "shown"),
        [
            ([], None),
            (["planned", "planned"], 1),
            (["closed", "planned"], 1),
            (["closed", "revealed", "planned"], 2),
            (["closed", "open", "planned"], 2),
            (["disputed", "closing", "planned"], 2),
        ],
    )
    def test_the_round_in_progress_else_the_last_one_else_the_next(
        self, statuses: list[str], shown: int | None
    ) -> None:
        event = EventFactory.create(live=True)
        for number, status in enumerate(statuses, start=1):
            held(event, number, status)
        facts = standings(event).round
        assert (facts.number if facts else None) == shown

    def test_a_round_can_be_asked_for_by_its_number(self) -> None:
        event = EventFactory.create(live=True)
        held(event, 1, "closed", name="First")
        held(event, 2, "open")
        facts = standings(event, 1).round
        assert facts is not None
        assert (facts.number, facts.name) == (1, "First")
        assert standings(event, 3).round is None

    def test_an_open_round_follows_the_rules_it_was_opened_with(self) -> None:
        event = EventFactory.create(live=True, vote_config={"results": "live"})
        held(event, 1, "open", vote_config={"results": "reveal"})
        facts = standings(event).round
        assert facts is not None
        assert facts.results == "reveal"

    def test_a_planned_round_follows_the_rules_of_its_event(self) -> None:
        event = EventFactory.create(live=True, vote_config={"results": "after_close"})
        RoundFactory.create(event=event)
        facts = standings(event).round
        assert facts is not None
        assert facts.results == "after_close"

    @pytest.mark.parametrize(
        ("status", "access", "public"),
        [
            (EventStatus.LIVE, EventAccess.PUBLIC, True),
            (EventStatus.LIVE, EventAccess.HYBRID, True),
            (EventStatus.CLOSED, EventAccess.PUBLIC, True),
            (EventStatus.LIVE, EventAccess.PRIVATE, False),
            (EventStatus.DRAFT, EventAccess.PUBLIC, False),
        ],
    )
    def test_private_events_and_drafts_are_not_public(self, status: str, access: str, public: bool) -> None:
        assert standings(EventFactory.create(status=status, access=access)).public is public

    def test_a_line_up_without_a_round_shows_nobody(self) -> None:
        event = EventFactory.create(live=True)
        line_up(event, 2)
        found = standings(event)
        assert (found.round, found.contenders) == (None, ())
