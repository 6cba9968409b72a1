"""Whatever happens in whatever order, the ballot box says and keeps what a model of a few lines says."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Attendee, AttendeeStatus, Event, EventStatus
from voting.ballot_box import cast_sync
from voting.models import Ballot, BallotState, Round, RoundStatus
from voting.recount import differences
from voting.tests.night import Night, make_night
from voting.vote import ArtistNotInRound, AttendeeNotConfirmed, EventNotLive, Outcome, RoundClosed, Verdict, Vote

ATTENDEES, ENTRIES, SOURCES = 3, 2, 4

# (attendee, entry or ENTRIES for nobody, source): each attendee has sources of their own, as tokens and phones are.
Cast = tuple[int, int, int]
casts = st.tuples(st.integers(0, ATTENDEES - 1), st.integers(0, ENTRIES), st.integers(0, SOURCES - 1))
batches = st.lists(casts, min_size=1, max_size=6)
changes = st.sampled_from(["leave", "return", "close event", "reopen event", "close round", "reopen round"])


@dataclass
class Model:
    """What the product promises of casting, without a database."""

    confirmed: bool = True
    live: bool = True
    open: bool = True
    receipts: dict[int, str] = field(default_factory=dict)

    def change(self, name: str) -> None:
        match name.split():
            case ["leave" | "return" as word]:
                self.confirmed = word == "return"
            case [verb, "event"]:
                self.live = verb == "reopen"
            case [verb, _round]:
                self.open = verb == "reopen"

    def cast(self, attendee: int, entry: int, receipt: str) -> Outcome:
        """Attendee 0 is the one who leaves and returns."""
        if attendee == 0 and not self.confirmed:
            return Outcome(Verdict.REFUSED, refusal=AttendeeNotConfirmed)
        if not self.live:
            return Outcome(Verdict.REFUSED, refusal=EventNotLive)
        if not self.open:
            return Outcome(Verdict.REFUSED, refusal=RoundClosed)
        if entry == ENTRIES:
            return Outcome(Verdict.REFUSED, refusal=ArtistNotInRound)
        if attendee in self.receipts:
            return Outcome(Verdict.DUPLICATE, receipt=self.receipts[attendee])
        self.receipts[attendee] = receipt
        return Outcome(Verdict.ACCEPTED, receipt=receipt)


def apply(night: Night, model: Model) -> None:
    status = AttendeeStatus.CONFIRMED if model.confirmed else AttendeeStatus.LEFT
    Attendee.objects.filter(pk=night.attendees[0].pk).update(status=status)
    Event.objects.filter(pk=night.event.pk).update(status=EventStatus.LIVE if model.live else EventStatus.CLOSED)
    Round.objects.filter(pk=night.round.pk).update(status=RoundStatus.OPEN if model.open else RoundStatus.CLOSING)


def vote(night: Night, cast: Cast) -> Vote:
    attendee, entry, source = cast
    facts: dict[str, Any] = {"source": f"{night.round.pk}:{attendee}:{source}".encode().ljust(32)}
    if entry == ENTRIES:
        return night.vote(attendee=attendee, entry_id=None, **facts)
    return night.vote(attendee=attendee, entry=entry, **facts)


@pytest.mark.usefixtures("transactional_db")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(batches | changes, max_size=8))
def test_any_order_of_votes_and_changes_is_as_the_model_says(steps: list[list[Cast] | str]) -> None:
    night, model = make_night(attendees=ATTENDEES, artists=ENTRIES), Model()
    for step in steps:
        if isinstance(step, str):
            model.change(step)
            apply(night, model)
            continue
        votes = [vote(night, cast) for cast in step]
        expected = [model.cast(cast[0], cast[1], each.receipt) for cast, each in zip(step, votes, strict=True)]
        assert cast_sync(votes) == expected
        accepted = Ballot.objects.filter(round=night.round, state=BallotState.ACCEPTED)
        assert set(accepted.values_list("receipt", flat=True)) == set(model.receipts.values())
        assert differences(night.round) == []
        assert night.tallied() == len(model.receipts)
