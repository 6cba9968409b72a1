"""The night that is measured: one live event, a ballot of eight, as many confirmed attendees as there are votes."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Sum

from bench.running import request
from events.models import Attendee, AttendeeSource, AttendeeStatus, Event
from events.tests.factories import EventFactory
from voting.models import Ballot, BallotState, Entry, Round, RoundStatus, Tally
from voting.tests.factories import line_up, opened
from voting.tokens import issue

ARTISTS = 8
DUPLICATES = 0.05
BAD_TOKENS = 0.02
_CHUNK = 5_000


@dataclass(frozen=True)
class Night:
    event: Event
    attendees: list[int]

    @property
    def vote_path(self) -> str:
        return f"/api/v1/events/{self.event.public_id}/vote"

    @property
    def board_path(self) -> str:
        return f"/api/v1/events/{self.event.public_id}/leaderboard"

    @property
    def socket_path(self) -> str:
        return f"/ws/events/{self.event.public_id}/leaderboard"


@dataclass(frozen=True)
class Poll:
    """A round and the requests of its votes. `accepted`, `duplicates` and `bad` are what must come of them."""

    round: Round
    requests: list[bytes]
    accepted: int
    duplicates: int
    bad: int


def make_night(attendees: int) -> Night:
    event = EventFactory.create(live=True)
    line_up(event, ARTISTS)
    now = datetime.now(UTC)
    rows = (
        Attendee(
            event=event,
            status=AttendeeStatus.CONFIRMED,
            source=AttendeeSource.API,
            joined_at=now,
            confirmed_at=now,
        )
        for _attendee in range(attendees)
    )
    made = Attendee.objects.bulk_create(rows, batch_size=_CHUNK)
    return Night(event, [attendee.pk for attendee in made])


def open_poll(night: Night, *, votes: int, mixed: bool = True) -> Poll:
    """A new round, and `votes` votes for it of as many attendees; `mixed`: with duplicates and bad tokens among them."""
    Round.objects.filter(event=night.event, status=RoundStatus.OPEN).update(status=RoundStatus.CLOSED)
    round_, entries = opened(night.event)
    artists = [
        entry.slot.artist.public_id for entry in Entry.objects.filter(round=round_).select_related("slot__artist")
    ]
    assert len(artists) == len(entries) == ARTISTS
    expires_at = datetime.now(UTC) + timedelta(hours=1)

    def vote(token: str) -> bytes:
        body = {"round": round_.number, "artist": random.choice(artists), "token": token}
        return request("POST", night.vote_path, body)

    tokens = [
        issue(attendee_id=attendee, round_id=round_.pk, expires_at=expires_at) for attendee in night.attendees[:votes]
    ]
    requests = [vote(token) for token in tokens]
    duplicates, bad = (int(votes * DUPLICATES), int(votes * BAD_TOKENS)) if mixed else (0, 0)
    _mix_in(requests, [vote(token) for token in random.sample(tokens, duplicates)])
    _mix_in(requests, [vote("A" + token[1:] if token[0] != "A" else "B" + token[1:]) for token in tokens[:bad]])
    return Poll(round_, requests, accepted=votes, duplicates=duplicates, bad=bad)


def _mix_in(requests: list[bytes], others: list[bytes]) -> None:
    for other in others:
        requests.insert(random.randrange(len(requests) + 1), other)


def stored(round_: Round) -> int:
    """Accepted ballots of the round."""
    return Ballot.objects.filter(round=round_, state=BallotState.ACCEPTED).count()


def tallied(round_: Round) -> int:
    """What the round's tally adds up to."""
    total: int | None = Tally.objects.filter(round=round_).aggregate(total=Sum("votes"))["total"]
    return total or 0
