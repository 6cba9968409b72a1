"""Casting: what becomes of a vote, and that what is answered is what is stored."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from psycopg import errors

from config.lib.errors import Refusal, Unavailable
from config.lib.raw_connection import sync_connection
from events.models import AttendeeStatus, EventStatus
from events.tests.factories import AttendeeFactory
from voting import ballot_box, relay
from voting.ballot_box import cast_sync
from voting.models import Ballot, BallotState, Round, RoundStatus, Tally
from voting.tests.factories import opened
from voting.tests.night import Night, make_night
from voting.vote import (
    ArtistNotInRound,
    AttendeeNotConfirmed,
    EventNotLive,
    Outcome,
    RoundClosed,
    Verdict,
    Vote,
    VotingTokenExpired,
)

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def night(transactional_db: None) -> Night:
    return make_night()


def cast(vote: Vote) -> Outcome:
    return cast_sync([vote])[0]


def test_an_accepted_vote_is_a_ballot_and_a_vote_in_the_tally(night: Night) -> None:
    vote = night.vote(attendee=1, entry=2)
    assert cast(vote) == Outcome(Verdict.ACCEPTED, receipt=vote.receipt)
    ballot = Ballot.objects.get()
    assert (ballot.receipt, ballot.round, ballot.attendee, ballot.entry, ballot.channel, ballot.received_at) == (
        vote.receipt,
        night.round,
        night.attendees[1],
        night.entries[2],
        "api",
        vote.received_at,
    )
    assert (bytes(ballot.source), ballot.state, ballot.reason) == (vote.source, BallotState.ACCEPTED, "")
    tally = Tally.objects.get(votes__gt=0)
    assert (tally.entry, tally.channel, tally.votes) == (night.entries[2], "api", 1)


def test_the_same_source_again_is_a_duplicate_with_the_first_receipt_and_leaves_no_trace(night: Night) -> None:
    vote = night.vote()
    cast(vote)
    again = night.vote(source=vote.source, entry=1)
    assert cast(again) == Outcome(Verdict.DUPLICATE, receipt=vote.receipt)
    assert Ballot.objects.count() == night.tallied() == 1


def test_a_second_vote_from_elsewhere_is_a_duplicate_and_a_rejected_ballot(night: Night) -> None:
    first, second = night.vote(), night.vote(entry=1, channel="sms")
    cast(first)
    for _ in range(2):  # a repeat of the second leaves no second row
        assert cast(second) == Outcome(Verdict.DUPLICATE, receipt=first.receipt)
    assert night.reasons() == ["DUPLICATE"]
    assert night.accepted() == night.tallied() == 1


def test_one_batch_decides_between_votes_of_the_same_attendee(night: Night) -> None:
    votes = [night.vote(entry=0), night.vote(entry=1), night.vote(attendee=1), night.vote(entry=2)]
    outcomes = cast_sync([*votes, night.vote(source=votes[0].source)])
    receipts = {outcome.receipt for index, outcome in enumerate(outcomes) if index != 2}
    assert receipts == {votes[0].receipt}
    assert [outcome.verdict for outcome in outcomes] == ["accepted", "duplicate", "accepted", "duplicate", "duplicate"]
    assert night.accepted() == night.tallied() == 2


def _attendee_left(night: Night) -> None:
    night.attendees[0].status = AttendeeStatus.LEFT
    night.attendees[0].save()


def _attendee_pending(night: Night) -> None:
    night.attendees[0].status = AttendeeStatus.PENDING
    night.attendees[0].save()


def _event_closed(night: Night) -> None:
    night.event.status = EventStatus.CLOSED
    night.event.save()


def _round_closing(night: Night) -> None:
    Round.objects.update(status=RoundStatus.CLOSING)


def _round_over_by_the_clock(night: Night) -> None:
    Round.objects.update(closes_at=datetime.now(UTC) - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        (_attendee_left, AttendeeNotConfirmed),
        (_attendee_pending, AttendeeNotConfirmed),
        (_event_closed, EventNotLive),
        (_round_closing, RoundClosed),
        (_round_over_by_the_clock, RoundClosed),
    ],
)
def test_a_refused_vote_is_a_rejected_ballot_with_its_reason(
    night: Night, before: Callable[[Night], None], refusal: type[Refusal]
) -> None:
    before(night)
    vote = night.vote()
    for _ in range(2):  # a repeat leaves no second row
        assert cast(vote) == Outcome(Verdict.REFUSED, refusal=refusal)
    ballot = Ballot.objects.get()
    assert (ballot.state, ballot.reason, ballot.receipt) == (BallotState.REJECTED, refusal.code, vote.receipt)
    assert night.tallied() == 0


def test_a_vote_received_before_the_clock_closed_the_round_is_counted_until_it_has_closed(night: Night) -> None:
    Round.objects.update(closes_at=datetime.now(UTC))
    in_time = night.vote(received_at=datetime.now(UTC) - timedelta(seconds=1))
    assert cast(in_time).verdict == Verdict.ACCEPTED


def test_an_entry_of_another_round_is_not_in_this_one(night: Night) -> None:
    _other, entries = opened()
    for entry_id in (entries[0].pk, None):
        assert cast(night.vote(entry_id=entry_id)).refusal is ArtistNotInRound
    assert night.reasons() == ["ARTIST_NOT_IN_ROUND"] * 2
    assert not Ballot.objects.filter(entry__isnull=False).exists()


def test_an_attendee_of_another_event_cannot_vote(night: Night) -> None:
    stranger = AttendeeFactory.create()
    assert cast(night.vote(attendee_id=stranger.pk)).refusal is AttendeeNotConfirmed
    assert not Ballot.objects.filter(attendee=stranger).exists()


def test_what_was_refused_before_stays_refused_and_is_kept(night: Night) -> None:
    assert cast(night.vote(refused=VotingTokenExpired.code)).refusal is VotingTokenExpired
    assert night.reasons() == ["VOTING_TOKEN_EXPIRED"]
    assert cast(night.vote()).verdict == Verdict.ACCEPTED


def test_a_vote_for_a_round_that_is_gone_is_refused_without_a_trace(night: Night) -> None:
    assert cast(night.vote(round_id=night.round.pk + 1_000)).refusal is AttendeeNotConfirmed
    assert not Ballot.objects.exists()


def test_a_rejected_source_is_counted_once_the_obstacle_is_gone(night: Night) -> None:
    vote = night.vote()
    _round_closing(night)
    cast(vote)
    Round.objects.update(status=RoundStatus.OPEN)
    assert cast(night.vote(source=vote.source)).verdict == Verdict.ACCEPTED


def test_a_quarantined_ballot_stands(night: Night) -> None:
    first = night.vote()
    cast(first)
    Ballot.objects.update(state=BallotState.QUARANTINED, reason="velocity")
    assert cast(night.vote()) == Outcome(Verdict.DUPLICATE, receipt=first.receipt)


def test_the_repeat_of_an_erased_attendees_vote_is_still_a_duplicate(night: Night) -> None:
    vote = night.vote()
    cast(vote)
    Ballot.objects.update(attendee=None)
    assert cast(vote) == Outcome(Verdict.DUPLICATE, receipt=vote.receipt)


def test_one_batch_holds_votes_of_many_rounds(night: Night) -> None:
    nights = [night, make_night(), make_night()]
    outcomes = cast_sync([each.vote(attendee=n) for n in range(3) for each in nights])
    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert [each.accepted() for each in nights] == [each.tallied() for each in nights] == [3, 3, 3]


def test_only_events_with_new_votes_are_marked_for_the_leaderboard(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[int] = []
    monkeypatch.setattr(relay, "mark", marked.append)
    vote = night.vote()
    cast(vote)
    assert marked == [night.event.pk]
    cast(vote)
    cast(night.vote(attendee=1, entry_id=None))
    assert marked == [night.event.pk]


def test_a_vote_that_cannot_be_stored_takes_no_other_with_it(night: Night) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE voting_ballot ADD CONSTRAINT no_web CHECK (channel <> 'web')")
    try:
        poisoned = night.vote(attendee=1, channel="web")
        with pytest.raises(errors.CheckViolation):
            cast_sync([night.vote(), poisoned, night.vote(attendee=2)])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE voting_ballot DROP CONSTRAINT no_web")
    assert night.accepted() == night.tallied() == 2


def test_a_vote_is_committed_whatever_the_caller_rolls_back(night: Night) -> None:
    with transaction.atomic():
        cast(night.vote())
        transaction.set_rollback(True)
    assert night.accepted() == night.tallied() == 1


def test_the_database_away_is_unavailable(night: Night, settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    vote = night.vote()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    with pytest.raises(Unavailable):
        cast(vote)


def test_the_plan_looks_rows_up_one_by_one_whatever_the_planner_knows(night: Night) -> None:
    """Without statistics, as in the first minute of a big night, an index by event or round looks tempting: it would read
    every attendee of the event for every vote. (`GENERIC_PLAN` is what a prepared statement settles on.)
    """
    AttendeeFactory.create_batch(300, event=night.event)
    order: list[str] = []

    def numbered(placeholder: re.Match[str]) -> str:
        if placeholder[1] not in order:
            order.append(placeholder[1])
        return f"${order.index(placeholder[1]) + 1}"

    statement = re.sub(r"%\((\w+)\)s", numbered, ballot_box._OUTCOMES)
    with sync_connection() as database:
        database.execute("SET enable_seqscan = off")
        plan = database.execute(f"EXPLAIN (GENERIC_PLAN) {statement}").fetchall()
    used = set(re.findall(r"Scan using (\w+)", " ".join(line for (line,) in plan)))
    by_attendee = {name for name in used if name.startswith("voting_ballot_attendee_id_")}  # a handful of rows each
    assert used - by_attendee - {"ballot_one_standing_per_attendee"} == {
        "voting_round_pkey",
        "events_event_pkey",
        "events_attendee_pkey",
        "voting_entry_pkey",
        "ballot_source_once",
    }
