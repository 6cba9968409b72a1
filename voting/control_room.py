"""What the control room shows: where the night stands, what to do next, and how it is going.

Everything is read anew each time, in a fixed number of queries however many people are in the room.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import AuditEntry
from config.lib.numerals import written
from config.lib.phone_numbers import dialled
from events.listings import State, state_of
from events.local_time import clock, clock_with_seconds
from events.models import Event, EventStatus
from messaging.figures import MessageFigures, message_figures
from voting.control_figures import (
    Arrivals,
    RefusedBallot,
    VotesCast,
    arrivals,
    last_refusals,
    minutes_until,
    votes_cast,
)
from voting.control_steps import Steps, steps_of
from voting.drawing import Drawn, drawn
from voting.leaderboard import Audience, standings_now
from voting.models import BallotChannel, Round, RoundStatus

LOG_LENGTH: Final = 8
_MESSAGE_COUNTS: Final = ("waiting", "sent", "delivered", "failed", "uncertain", "skipped", "answers")
_LOGGED: Final[dict[str, str | Promise]] = {
    "event.publish": gettext_lazy("The night was published"),
    "event.go_live": gettext_lazy("The night went live"),
    "event.close": gettext_lazy("The night ended"),
    "event.cancel": gettext_lazy("The night was called off"),
    "round.plan": gettext_lazy("Round %(number)s was planned"),
    "round.open": gettext_lazy("Round %(number)s opened"),
    "round.close": gettext_lazy("Round %(number)s closed"),
    "round.dispute": gettext_lazy("Round %(number)s is disputed: the ballots do not add up to the tally"),
    "round.reveal": gettext_lazy("Round %(number)s was revealed"),
}


class Line(NamedTuple):
    """One measure of a chart over the minutes, as the chart component takes it."""

    name: str | Promise
    values: Sequence[int]
    leads: bool = False


@dataclass(frozen=True, slots=True)
class LogLine:
    """What was done, when by the venue's clock, and by whom; "" is the clock itself."""

    at: str
    words: str
    who: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A refused vote as the page tells it."""

    at: str
    who: str
    why: str | Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlRoom:
    """`version` changes whenever something was done to the night, and with it the steps; figures alone leave it as it is."""

    event: Event
    state: State
    version: str
    now: datetime
    as_of: str
    keyword: str
    number: str
    shown: Round | None
    steps: Steps
    board: Drawn
    arrivals: Arrivals
    votes: VotesCast
    messages: MessageFigures
    refused: Sequence[Refused]
    log: Sequence[LogLine]

    @property
    def is_open(self) -> bool:
        return self.shown is not None and self.shown.status == RoundStatus.OPEN

    @property
    def is_over(self) -> bool:
        """Nothing comes any more: what the last minutes brought is of no use."""
        return self.steps.main is None

    @property
    def is_disputed(self) -> bool:
        return self.shown is not None and self.shown.status == RoundStatus.DISPUTED

    @property
    def total(self) -> str:
        """Votes counted in the round on the board, as the reader writes numbers."""
        return written(self.board.total)

    @property
    def minutes(self) -> list[str]:
        """The minutes the charts are about, by the venue's clock."""
        return [clock(minute, self.event.venue.timezone) for minute in minutes_until(self.now)]

    @property
    def arriving(self) -> list[tuple[str, int]]:
        return list(zip(self.minutes, self.arrivals.per_minute, strict=True))

    @property
    def has_arrivals(self) -> bool:
        return any(self.arrivals.per_minute)

    @property
    def arriving_words(self) -> str:
        """The arrivals in a sentence."""
        lately = sum(self.arrivals.per_minute)
        return ngettext("%(count)s person in the last half hour", "%(count)s people in the last half hour", lately) % {
            "count": written(lately)
        }

    @property
    def voting(self) -> list[Line]:
        """Votes per minute by channel; channels nobody used in these minutes are left out."""
        counts = self.votes.per_minute
        return [Line(channel.label, counts[channel]) for channel in BallotChannel if any(counts[channel])]

    @property
    def voting_words(self) -> str:
        """The votes in a sentence."""
        lately = sum(sum(counts) for counts in self.votes.per_minute.values())
        return ngettext("%(count)s vote in the last half hour", "%(count)s votes in the last half hour", lately) % {
            "count": written(lately)
        }

    @property
    def channels(self) -> list[tuple[str | Promise, str]]:
        """Votes of the round on the board, by channel."""
        return [(channel.label, written(self.votes.by_channel.get(channel, 0))) for channel in BallotChannel]

    @property
    def counts(self) -> dict[str, str]:
        """Messages by what became of them, as the reader writes numbers."""
        return {name: written(getattr(self.messages, name)) for name in _MESSAGE_COUNTS}

    @property
    def handed_over(self) -> int:
        """Messages the provider has taken or that have come to their end."""
        return self.messages.outgoing - self.messages.waiting


def control_room_of(event: Event, *, now: datetime) -> ControlRoom:
    """The room of an event, whose venue and sender must be loaded; whether the actor may see it is for the caller to ask."""
    current_first = list(Round.objects.filter(event=event).current_first())
    held = sorted(current_first, key=lambda each: each.number)
    shown = next(iter(current_first), None)
    board = drawn(standings_now([event.pk])[0], audience=Audience.ORGANIZER)
    return ControlRoom(
        event=event,
        state=state_of(event, now=now) or State(EventStatus(event.status).label, "plain"),
        version=_version(event, held),
        now=now,
        as_of=clock_with_seconds(now, event.venue.timezone),
        keyword=event.join_keyword,
        number=dialled(event.sender.value) if event.sender and event.join_keyword else "",
        shown=shown,
        steps=steps_of(event, held, now=now),
        board=board,
        arrivals=arrivals(event, now=now),
        votes=votes_cast(held, shown=shown, now=now),
        messages=message_figures(event.topic),
        refused=[_told(each, event) for each in last_refusals(held)],
        log=_log(event, held),
    )


def _version(event: Event, held: Sequence[Round]) -> str:
    parts = [f"{event.status} {event.version}", *(f"{each.number} {each.status} {each.version}" for each in held)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _told(refused: RefusedBallot, event: Event) -> Refused:
    return Refused(at=clock(refused.at, event.venue.timezone), who=refused.who or _("Somebody"), why=refused.why)


def _log(event: Event, held: Sequence[Round]) -> list[LogLine]:
    """What was done to the night and its rounds, the newest first. One query."""
    rounds = [str(each.pk) for each in held]
    entries = AuditEntry.objects.filter(subject_type="voting.round", subject_id__in=rounds) | AuditEntry.objects.filter(
        subject_type="events.event", subject_id=event.public_id
    )
    newest = entries.filter(action__in=_LOGGED).select_related("person__user").order_by("-pk")[:LOG_LENGTH]
    return [_line(entry, event) for entry in newest]


def _line(entry: AuditEntry, event: Event) -> LogLine:
    person = getattr(entry, "person", None)
    words = str(_LOGGED[entry.action]) % {"number": entry.facts.get("number", "")}
    return LogLine(clock(entry.at, event.venue.timezone), words, person.user.known_as if person and person.user else "")
