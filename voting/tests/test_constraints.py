"""What the database itself refuses, whatever code runs before it: every constraint and trigger, broken on purpose."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from config.lib.constraints import broken_by
from events.tests.factories import AttendeeFactory
from voting.models import Ballot, BallotState, Entry, Round, RoundStatus, Tally
from voting.tests.factories import BallotFactory, RoundFactory, line_up, opened

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def refused(action: Callable[[], object]) -> str:
    """The name of the constraint, or the first words of the trigger, that refused the action."""
    with pytest.raises((IntegrityError, DataError)) as caught, transaction.atomic():
        action()
    assert isinstance(caught.value, IntegrityError)
    return broken_by(caught.value) or str(caught.value).partition("\n")[0]


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"status": "paused", "opened_at": NOON}, "round_status_known"),
        ({"number": 0}, "round_number_from_one"),
        ({"opens_at": NOON, "closes_at": NOON}, "round_closes_after_it_opens"),
        ({"status": RoundStatus.OPEN}, "round_open_since_some_time"),
    ],
)
def test_a_round_that_cannot_be(fields: dict[str, Any], constraint: str) -> None:
    assert refused(lambda: RoundFactory.create(**fields)) == constraint


def test_a_round_number_is_given_once_per_event() -> None:
    first = RoundFactory.create()
    assert refused(lambda: RoundFactory.create(event=first.event, number=1)) == "round_number_once_per_event"


@pytest.mark.parametrize("status", [RoundStatus.OPEN, RoundStatus.CLOSING])
def test_one_round_of_an_event_is_in_progress(status: RoundStatus) -> None:
    first, _entries = opened()
    Round.objects.filter(pk=first.pk).update(status=status)
    second = {"event": first.event, "status": RoundStatus.OPEN, "opened_at": NOON}
    assert refused(lambda: RoundFactory.create(**second)) == "round_one_open_per_event"


def test_an_artist_is_on_a_ballot_once() -> None:
    round_ = RoundFactory.create()
    (slot,) = line_up(round_.event, 1)
    Entry.objects.create(round=round_, slot=slot)
    assert refused(lambda: Entry.objects.create(round=round_, slot=slot)) == "entry_once_per_round"


def test_the_ballot_of_an_opened_round_is_fixed() -> None:
    round_, entries = opened()
    (late,) = line_up(round_.event, 1)
    planned = RoundFactory.create(event=round_.event)
    moved = Entry.objects.create(round=planned, slot=late)
    for action in (
        lambda: Entry.objects.create(round=round_, slot=late),
        entries[0].delete,
        lambda: Entry.objects.filter(pk=entries[0].pk).update(slot=late),
        lambda: Entry.objects.filter(pk=moved.pk).update(round=round_),
        lambda: Entry.objects.filter(pk=entries[0].pk).update(round=planned),
    ):
        assert refused(action) == "the ballot of an opened round is fixed"
    moved.delete()
    assert not planned.entries.exists()


def _ballot(**fields: Any) -> Ballot:
    if "round" not in fields:
        round_, entries = opened()
        fields = {"round": round_, "entry": entries[0], "attendee": AttendeeFactory.create(event=round_.event)} | fields
    return BallotFactory.create(**fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "lost"}, "ballot_state_known"),
        ({"channel": "fax"}, "ballot_channel_known"),
        ({"entry": None}, "ballot_counted_names_an_entry"),
        ({"state": BallotState.REJECTED}, "ballot_rejected_with_reason"),
    ],
)
def test_a_ballot_that_cannot_be(fields: dict[str, Any], constraint: str) -> None:
    assert refused(lambda: _ballot(**fields)) == constraint


@pytest.mark.parametrize("state", [BallotState.ACCEPTED, BallotState.QUARANTINED])
def test_an_attendee_has_one_standing_ballot_per_round(state: BallotState) -> None:
    first = _ballot(state=state)
    same = {"round": first.round, "attendee": first.attendee, "entry": first.entry}
    assert refused(lambda: _ballot(**same)) == "ballot_one_standing_per_attendee"
    _ballot(**same, state=BallotState.REJECTED, reason="DUPLICATE")
    _ballot(**same, state=BallotState.SUPERSEDED, reason="merged")


def test_a_source_is_counted_once_and_rejected_once_per_reason() -> None:
    first = _ballot()
    other = AttendeeFactory.create(event=first.round.event)
    same = {"round": first.round, "attendee": other, "entry": first.entry, "source": first.source}
    assert refused(lambda: _ballot(**same)) == "ballot_source_once"
    _ballot(**same, state=BallotState.REJECTED, reason="ROUND_CLOSED")
    _ballot(**same, state=BallotState.REJECTED, reason="EVENT_NOT_LIVE")
    rejected = {**same, "state": BallotState.REJECTED, "reason": "ROUND_CLOSED"}
    assert refused(lambda: _ballot(**rejected)) == "ballot_rejected_once_per_reason"


@pytest.mark.parametrize(
    "change",
    [
        {"receipt": "000000000000"},
        {"channel": "sms"},
        {"source": b"another"},
        {"received_at": NOON},
        {"entry": None},
        {"state": BallotState.REJECTED, "reason": "no such move"},
    ],
)
def test_a_ballot_stays_as_it_was_cast(change: dict[str, Any]) -> None:
    ballot = _ballot()
    assert refused(lambda: Ballot.objects.filter(pk=ballot.pk).update(**change)) == "a ballot stays as it was cast"


def test_a_ballot_goes_to_no_other_attendee_entry_or_round_and_is_never_deleted() -> None:
    ballot = _ballot()
    other = _ballot()
    mine = Ballot.objects.filter(pk=ballot.pk)
    for action in (
        lambda: mine.update(attendee=other.attendee),
        lambda: mine.update(entry=other.entry),
        lambda: mine.update(round=other.round),
        lambda: mine._raw_delete(using="default"),  # past Django's own checks
    ):
        assert refused(action) == "a ballot stays as it was cast"
    with pytest.raises(ProtectedError):
        ballot.round.delete()


def test_what_may_become_of_a_ballot() -> None:
    ballot = Ballot.objects.filter(pk=_ballot().pk)
    for state in (BallotState.QUARANTINED, BallotState.ACCEPTED, BallotState.SUPERSEDED):
        ballot.update(state=state, reason="because")
    assert refused(lambda: ballot.update(state=BallotState.ACCEPTED)) == "a ballot stays as it was cast"
    ballot.update(attendee=None)  # erasure
    rejected = Ballot.objects.filter(pk=_ballot(state=BallotState.QUARANTINED).pk)
    rejected.update(state=BallotState.REJECTED, reason="velocity")
    assert refused(lambda: rejected.update(state=BallotState.ACCEPTED)) == "a ballot stays as it was cast"


def test_a_receipt_is_given_once() -> None:
    first = _ballot()
    assert refused(lambda: _ballot(receipt=first.receipt)) == "voting_ballot_receipt_key"


def test_a_tally_that_cannot_be() -> None:
    round_, entries = opened()
    same: dict[str, Any] = {"round": round_, "entry": entries[0]}
    Tally.objects.create(**same, channel="api")
    assert refused(lambda: Tally.objects.create(**same, channel="api")) == "tally_once_per_entry_and_channel"
    assert refused(lambda: Tally.objects.create(**same, channel="fax")) == "tally_channel_known"
    assert refused(lambda: Tally.objects.update(votes=-1)) == "voting_tally_votes_check"


@pytest.mark.parametrize("column", ["round_id", "attendee_id", "entry_id"])
def test_a_ballots_foreign_keys_are_checked_by_the_database(column: str) -> None:
    ballot = _ballot()
    columns = {name: name for name in ("round_id", "attendee_id", "entry_id", "channel", "received_at")}
    chosen = ", ".join({**columns, "attendee_id": "NULL", column: "1000000000"}.values())
    copy = f"""INSERT INTO voting_ballot ({", ".join(columns)}, receipt, source, state, reason)
        SELECT {chosen}, 'another', 'another', 'rejected', 'TEST' FROM voting_ballot WHERE id = %s"""

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(copy, [ballot.pk])

    assert column in refused(insert)


def test_every_constraint_of_voting_is_broken_here() -> None:
    models = (Round, Entry, Ballot, Tally)
    named = {constraint.name for model in models for constraint in model._meta.constraints}
    assert {name for name in named if f'"{name}"' not in Path(__file__).read_text()} == set()
