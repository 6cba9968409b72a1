"""What the control room counts: who came, who votes through what, what was refused. Each a bounded query on an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Sum
from django.db.models.functions import TruncMinute
from django.utils.functional import Promise

from events.models import Attendee, AttendeeStatus, Event
from messaging.preferences import masked
from voting.models import Ballot, BallotChannel, BallotState, Round, Tally
from voting.vote import why_not_counted

MINUTES: Final = 30
LAST_REFUSALS: Final = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrivals:
    """People by status, and how many were confirmed in each of the last MINUTES minutes, the oldest first."""

    confirmed: int
    pending: int
    left: int
    per_minute: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class VotesCast:
    """Accepted votes: of one round by channel, and of the event in each of the last MINUTES minutes by channel."""

    by_channel: Mapping[str, int]
    per_minute: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class RefusedBallot:
    """A vote that was not counted: when, whose (masked), and why in words."""

    at: datetime
    who: str
    why: str | Promise


def minutes_until(now: datetime) -> list[datetime]:
    """The beginnings of the last MINUTES minutes, the one that has begun included, from the oldest."""
    latest = now.replace(second=0, microsecond=0)
    return [latest - timedelta(minutes=back) for back in reversed(range(MINUTES))]


def arrivals(event: Event, *, now: datetime) -> Arrivals:
    """Two queries."""
    people = Attendee.objects.filter(event=event)
    counts = dict(people.values("status").order_by("status").annotate(n=Count("pk")).values_list("status", "n"))
    minutes = minutes_until(now)
    lately = people.filter(status=AttendeeStatus.CONFIRMED, confirmed_at__gte=minutes[0])
    rows = lately.annotate(minute=TruncMinute("confirmed_at")).values("minute").annotate(n=Count("pk")).order_by()
    by_minute = dict(rows.values_list("minute", "n"))
    return Arrivals(
        confirmed=counts.get(AttendeeStatus.CONFIRMED, 0),
        pending=counts.get(AttendeeStatus.PENDING, 0),
        left=counts.get(AttendeeStatus.LEFT, 0),
        per_minute=[by_minute.get(minute, 0) for minute in minutes],
    )


def votes_cast(held: Sequence[Round], *, shown: Round | None, now: datetime) -> VotesCast:
    """Two queries. Only rounds that were open in these minutes are looked into."""
    minutes = minutes_until(now)
    recent = [each.pk for each in held if each.opened_at and (each.closed_at is None or each.closed_at >= minutes[0])]
    accepted = Ballot.objects.filter(round__in=recent, received_at__gte=minutes[0], state=BallotState.ACCEPTED)
    rows = accepted.annotate(minute=TruncMinute("received_at")).values("minute", "channel").order_by()
    found = {
        (minute, channel): n
        for minute, channel, n in rows.annotate(n=Count("pk")).values_list("minute", "channel", "n")
    }
    tallies = Tally.objects.filter(round=shown).values("channel").order_by("channel").annotate(n=Sum("votes"))
    return VotesCast(
        by_channel=dict(tallies.values_list("channel", "n")),
        per_minute={channel: [found.get((minute, channel), 0) for minute in minutes] for channel in BallotChannel},
    )


def last_refusals(held: Sequence[Round]) -> list[RefusedBallot]:
    """The last votes that were not counted, the newest first. One query."""
    rejected = Ballot.objects.filter(round__in=[each.pk for each in held], state=BallotState.REJECTED)
    newest = rejected.select_related("attendee__phone", "attendee__email").order_by("-received_at", "-pk")
    return [
        RefusedBallot(each.received_at, _who(each.attendee), why_not_counted(each.reason))
        for each in newest[:LAST_REFUSALS]
    ]


def _who(attendee: Attendee | None) -> str:
    """Masked; "" for somebody known by an account alone, or by nobody."""
    address = attendee and (attendee.phone or attendee.email)
    return masked(address) if address else ""
