"""The console's first page: what is on, what the next nights still need, how the last ones went.

For organizers about the events they run, for admins about everybody's. However many there are, the page shows a few of
them and asks the same number of questions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.actors import Actor, Via, actor_of
from accounts.models import User
from accounts.policies import sees_everything
from config.lib.numerals import written
from events.console.figures import figures_of, with_figures
from events.console.head import control_of, missing_of, when_of
from events.local_time import clock
from events.models import Attendee, Event
from events.policies import events_run_by
from events.querysets import OVER_STATUSES, EventQuerySet
from messaging.models import Message, MessageState
from voting.models import Ballot, BallotState, Round, Tally
from voting.vote import why_not_counted

MOST_LIVE: Final = 6
MOST_NEXT: Final = 6
MOST_PAST: Final = 6
DAYS: Final = 14
LAST_REFUSALS: Final = 6

_SENT: Final = (MessageState.SENT, MessageState.DELIVERED, MessageState.ANSWERED)
_FAILED: Final = (MessageState.FAILED, MessageState.UNDELIVERED)

Point = tuple[str, int]


class Night(NamedTuple):
    """One event in a list. `control` is the address of its control room, "" where there is none."""

    title: str
    href: str
    when: str
    where: str
    control: str
    joined: int
    confirmed: int
    votes: int
    round: str
    missing: Sequence[str]


class RefusedVote(NamedTuple):
    at: str
    event: str
    why: str | Promise


class Figure(NamedTuple):
    label: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tonight:
    """`figures` and charts are about the nights on this page; `everybody` says that these are not only one's own."""

    everybody: bool
    live: Sequence[Night]
    coming: Sequence[Night]
    figures: Sequence[Figure]
    arrivals: Sequence[Point]
    arrivals_in_words: str
    votes: Sequence[Point]
    votes_in_words: str
    way: Sequence[Point]
    way_in_words: str
    refusals: Sequence[RefusedVote]

    @property
    def is_empty(self) -> bool:
        """Whether there is no event at all yet."""
        return not (self.live or self.coming or self.votes)


@dataclass(frozen=True, slots=True)
class _Shown:
    """The events of the page, with what voting knows of them, by primary key."""

    live: list[Event]
    coming: list[Event]
    past: list[Event]
    votes: Mapping[int, int]
    rounds: Mapping[int, Round]

    @property
    def all(self) -> list[Event]:
        return [*self.live, *self.coming, *self.past]


def tonight(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The theme's callback: what its first page is rendered with."""
    actor = actor_of(request, Via.ADMIN)
    return context | {"page": tonight_of(actor, now=timezone.now()), "title": _("Tonight")}


def tonight_of(actor: Actor, *, now: datetime) -> Tonight:
    """Eight queries for an organizer, nine for an admin."""
    shown = _shown(with_figures(events_run_by(actor)), now)
    everybody = sees_everything(actor)
    joined = sum(figures_of(event).joined for event in shown.all)
    confirmed = sum(figures_of(event).confirmed for event in shown.all)
    votes = sum(shown.votes.values())
    arrivals = _arrivals(actor, shown, now)
    by_night = [(event.title, shown.votes.get(event.pk, 0)) for event in [*shown.live, *shown.past]]
    return Tonight(
        everybody=everybody,
        live=[_night(event, shown) for event in shown.live],
        coming=[_night(event, shown) for event in shown.coming],
        figures=[*_people(joined, confirmed, votes), *_messages(shown), *(_platform() if everybody else [])],
        arrivals=arrivals,
        arrivals_in_words=_("%(number)s people joined in the last %(days)s days.")
        % {"number": written(sum(count for _day, count in arrivals)), "days": DAYS},
        votes=by_night,
        votes_in_words=_("%(number)s votes were counted at these nights.") % {"number": written(votes)},
        way=[(_("Joined"), joined), (_("Confirmed"), confirmed)],
        way_in_words=_("%(confirmed)s of %(joined)s who joined have confirmed.")
        % {"confirmed": written(confirmed), "joined": written(joined)},
        refusals=_refusals(shown),
    )


def _shown(events: EventQuerySet, now: datetime) -> _Shown:
    live = list(events.filter(status="live").order_by("starts_at", "pk")[:MOST_LIVE])
    to_come = events.filter(status__in=("draft", "published"), ends_at__gt=now)
    coming = list(to_come.order_by("starts_at", "pk")[:MOST_NEXT])
    past = list(events.filter(status__in=OVER_STATUSES).order_by("-starts_at", "-pk")[:MOST_PAST])
    keys = [event.pk for event in [*live, *past]]
    tallies = Tally.objects.filter(round__event__in=keys).values("round__event").annotate(number=Sum("votes"))
    held = Round.objects.filter(event__in=keys).in_progress()
    return _Shown(
        live,
        coming,
        past,
        dict(tallies.values_list("round__event", "number")),
        {each.event_id: each for each in held},
    )


def _night(event: Event, shown: _Shown) -> Night:
    figures, held = figures_of(event), shown.rounds.get(event.pk)
    return Night(
        title=event.title,
        href=reverse("admin:events_event_change", args=[event.pk]),
        when=when_of(event),
        where=str(event.venue),
        control=control_of(event),
        joined=figures.joined,
        confirmed=figures.confirmed,
        votes=shown.votes.get(event.pk, 0),
        round=_round(held) if held else _("No round is open"),
        missing=list(missing_of(event)),
    )


def _round(held: Round) -> str:
    return _("%(round)s is open") % {"round": held.title}


def _people(joined: int, confirmed: int, votes: int) -> list[Figure]:
    named = ((_("Joined"), joined), (_("Confirmed"), confirmed), (_("Votes"), votes))
    return [Figure(label, written(number)) for label, number in named]


def _messages(shown: _Shown) -> list[Figure]:
    """How the messages about these nights fared."""
    about = Message.objects.filter(topic__in=[event.topic for event in shown.all])
    counted = dict(about.values("state").order_by("state").annotate(number=Count("pk")).values_list("state", "number"))
    sent, failed = (sum(counted.get(state, 0) for state in states) for states in (_SENT, _FAILED))
    return [Figure(_("Messages sent"), written(sent)), Figure(_("Messages failed"), written(failed))]


def _platform() -> list[Figure]:
    return [Figure(_("Accounts"), written(User.objects.filter(is_active=True).count()))]


def _arrivals(actor: Actor, shown: _Shown, now: datetime) -> list[Point]:
    """Who joined on each of the last days, by the calendar of the person who looks."""
    zone = ZoneInfo(actor.user.time_zone if actor.user else "UTC")
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    people = Attendee.objects.filter(
        event__in=[event.pk for event in shown.all], joined_at__gte=now - timedelta(days=DAYS)
    )
    rows = people.annotate(day=TruncDate("joined_at", tzinfo=zone)).values("day").order_by("day")
    found: dict[date, int] = dict(rows.annotate(number=Count("pk")).values_list("day", "number"))
    return [(date_format(day, "j M"), found.get(day, 0)) for day in days]


def _refusals(shown: _Shown) -> list[RefusedVote]:
    """The last votes at the nights that are live which were not counted, the newest first."""
    rejected = Ballot.objects.filter(round__event__in=[event.pk for event in shown.live], state=BallotState.REJECTED)
    newest = rejected.select_related("round__event__venue").order_by("-received_at", "-pk")[:LAST_REFUSALS]
    return [_refused(ballot, ballot.round.event) for ballot in newest]


def _refused(ballot: Ballot, event: Event) -> RefusedVote:
    at = clock(ballot.received_at, event.venue.timezone)
    return RefusedVote(at, event.title, why_not_counted(ballot.reason))
