"""Somebody who was two attendees and voted as both has one vote."""

from datetime import datetime

import pytest

from accounts.actors import platform
from accounts.models import AuditEntry
from events.models import Attendee, AttendeeStatus
from voting.ballot_box import cast_sync
from voting.models import Ballot, BallotState, Round, RoundStatus
from voting.recount import differences
from voting.services import rounds
from voting.services.merging import supersede_merged
from voting.tests.night import Night, make_night

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def night(transactional_db: None) -> Night:
    """Three attendees have voted, each for another artist; then the second and third turn out to be the first."""
    night = make_night(attendees=4)
    cast_sync([night.vote(attendee=2, entry=2), night.vote(attendee=0), night.vote(attendee=1, entry=1, channel="sms")])
    for younger in night.attendees[1:3]:
        Attendee.objects.filter(pk=younger.pk).update(status=AttendeeStatus.LEFT, merged_into=night.attendees[0])
    return night


def supersede(now: datetime) -> int:
    return supersede_merged(actor=platform(), now=now)


def counted(night: Night) -> set[int | None]:
    return set(Ballot.objects.filter(state=BallotState.ACCEPTED).values_list("attendee_id", flat=True))


def test_the_older_attendees_ballot_counts_and_the_others_are_superseded(night: Night, now: datetime) -> None:
    cast_sync([night.vote(attendee=3)])
    assert supersede(now) == 2
    assert counted(night) == {night.attendees[0].pk, night.attendees[3].pk}
    assert night.tallied() == 2
    assert differences(night.round) == []
    assert AuditEntry.objects.filter(action="ballot.supersede").count() == 2
    assert supersede(now) == 0


def test_without_a_ballot_of_the_older_the_first_of_the_younger_counts(now: datetime) -> None:
    night = make_night(attendees=3)
    cast_sync([night.vote(attendee=1)])
    cast_sync([night.vote(attendee=2)])
    for younger in night.attendees[1:]:
        Attendee.objects.filter(pk=younger.pk).update(status=AttendeeStatus.LEFT, merged_into=night.attendees[0])
    assert supersede(now) == 1
    assert counted(night) == {night.attendees[1].pk}


@pytest.mark.parametrize("status", [RoundStatus.CLOSED, RoundStatus.REVEALED, RoundStatus.DISPUTED])
def test_a_closed_round_is_not_touched(night: Night, now: datetime, status: RoundStatus) -> None:
    Round.objects.update(status=status)
    assert supersede(now) == 0
    assert night.tallied() == 3


def test_the_clock_and_the_close_see_to_it(night: Night, now: datetime) -> None:
    rounds.move_by_clock(now=now)
    assert night.tallied() == 1
    other = make_night(attendees=2)
    cast_sync([other.vote(attendee=0), other.vote(attendee=1)])
    Attendee.objects.filter(pk=other.attendees[1].pk).update(status=AttendeeStatus.LEFT, merged_into=other.attendees[0])
    rounds.close_round(actor=platform(), public_id=other.event.public_id, number=1, now=now)
    other.round.refresh_from_db()
    assert (other.round.status, other.tallied()) == (RoundStatus.CLOSED, 1)
