"""A night to vote at: a live event, an open round, confirmed attendees."""

import hashlib
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Sum

from events.models import Attendee, Event
from events.tests.factories import AttendeeFactory
from voting.models import Ballot, BallotState, Entry, Round, Tally
from voting.tests.factories import opened
from voting.vote import Vote

_sources = itertools.count()


@dataclass(frozen=True)
class Night:
    round: Round
    entries: list[Entry]
    attendees: list[Attendee]

    @property
    def event(self) -> Event:
        return self.round.event

    def vote(self, attendee: int = 0, entry: int = 0, **changes: Any) -> Vote:
        """A vote of one of the attendees for one of the entries (by index), from a source of its own."""
        facts: dict[str, Any] = {
            "round_id": self.round.pk,
            "attendee_id": self.attendees[attendee].pk,
            "entry_id": self.entries[entry].pk,
            "channel": "api",
            "source": hashlib.sha256(next(_sources).to_bytes(8)).digest(),
            "received_at": datetime.now(UTC),
        }
        return Vote(**facts | changes)

    def accepted(self) -> int:
        """How many ballots of the round are counted."""
        return Ballot.objects.filter(round=self.round, state=BallotState.ACCEPTED).count()

    def tallied(self) -> int:
        """How many votes the round's tally says there are."""
        total: int | None = Tally.objects.filter(round=self.round).aggregate(total=Sum("votes"))["total"]
        return total or 0

    def reasons(self) -> list[str]:
        """Why ballots of the round were rejected, sorted."""
        rejected = Ballot.objects.filter(round=self.round, state=BallotState.REJECTED)
        return list(rejected.order_by("reason").values_list("reason", flat=True))


def make_night(*, attendees: int = 3, artists: int = 3, **fields: Any) -> Night:
    round_, entries = opened(artists=artists, **fields)
    return Night(round_, entries, AttendeeFactory.create_batch(attendees, event=round_.event))
