"""The life of an event: one table of moves, one function that makes them.

    draft → published → live → closed → archived, and published or live → cancelled, which is final.

What a move needs besides the table:
- publishing: a verified account, and an end that is still to come;
- going live by hand: an end that is still to come. A line-up is not needed: an open stage fills during the night.
The clock needs nothing: it takes an event that was missed through every step, so none stays behind.
"""

from datetime import datetime
from typing import Final

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from config.lib.errors import Detail, Refusal
from events.models import Event, EventStatus

# where to: from where
MOVES: Final[dict[EventStatus, frozenset[EventStatus]]] = {
    EventStatus.PUBLISHED: frozenset({EventStatus.DRAFT}),
    EventStatus.LIVE: frozenset({EventStatus.PUBLISHED}),
    EventStatus.CLOSED: frozenset({EventStatus.LIVE}),
    EventStatus.ARCHIVED: frozenset({EventStatus.CLOSED}),
    EventStatus.CANCELLED: frozenset({EventStatus.PUBLISHED, EventStatus.LIVE}),
}
_ACTIONS: Final = {
    EventStatus.PUBLISHED: "event.publish",
    EventStatus.LIVE: "event.go_live",
    EventStatus.CLOSED: "event.close",
    EventStatus.ARCHIVED: "event.archive",
    EventStatus.CANCELLED: "event.cancel",
}


class EventCannotMove(Refusal):
    status = 409
    message = gettext_lazy("This event cannot take that step from where it stands.")


class EventIsOver(Refusal):
    status = 409
    message = gettext_lazy("This event ends in the past. Give it a later end first.")


def next_steps(status: EventStatus) -> list[EventStatus]:
    """Where an event of this status can go, in the order of the table."""
    return [wanted for wanted, origins in MOVES.items() if status in origins]


def move(*, actor: Actor, event: Event, to: EventStatus, now: datetime) -> None:
    """Move the event and write it down, in the caller's transaction; `event` shows the new state afterwards.

    Raises EventCannotMove where the table has no such move, or where somebody moved the event at the same moment.
    """
    moved = Event.objects.filter(pk=event.pk, status__in=MOVES[to]).update(
        status=to, status_changed_at=now, version=F("version") + 1
    )
    event.refresh_from_db(fields=["status", "status_changed_at", "version"])
    if not moved:
        raise _cannot(EventStatus(event.status), to)
    audit.record(actor=actor, action=_ACTIONS[to], subject=event, now=now)


def _cannot(present: EventStatus, wanted: EventStatus) -> EventCannotMove:
    states = {"present": str(present.label).lower(), "wanted": str(wanted.label).lower()}
    ways = ", ".join(str(step.label).lower() for step in next_steps(present))
    onward = _("From here it can become: %(ways)s.") % {"ways": ways} if ways else _("It stays that way.")
    return EventCannotMove(
        _("This event is %(present)s, so it cannot become %(wanted)s.") % states,
        details=[Detail("status", present.value, onward)],
    )
