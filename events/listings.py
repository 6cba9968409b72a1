"""Events as lists of nights show them: on bills, in poster grids, at the head of pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.local_time import clock, short_day
from events.models import Event, EventStatus


class State(NamedTuple):
    """How an event stands, for a badge."""

    label: str | Promise
    kind: Literal["plain", "live", "good", "warn", "bad", "quiet"]


class Link(NamedTuple):
    """A place to go, as the components of a page's frame take it. `current` marks where the visitor is."""

    label: str | Promise
    href: str
    current: bool = False


_STATES: Final = {
    EventStatus.DRAFT: State(_("Draft"), "warn"),
    EventStatus.LIVE: State(_("Live now"), "live"),
    EventStatus.CLOSED: State(_("Over"), "quiet"),
    EventStatus.ARCHIVED: State(_("Over"), "quiet"),
    EventStatus.CANCELLED: State(_("Called off"), "bad"),
}
_TONIGHT: Final = State(_("Tonight"), "plain")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One event of a list. `day` and `time` are by the venue's clock; `event` is there for its poster."""

    event: Event
    title: str
    href: str
    day: str
    time: str
    venue: str
    city: str
    state: State | None

    @property
    def when(self) -> str:
        """As on a ticket: day, then time."""
        return f"{self.day}, {self.time}"

    @property
    def where(self) -> str:
        return f"{self.venue}, {self.city}"


def listing_of(event: Event, *, now: datetime) -> Listing:
    """The event's venue must be loaded."""
    zone = event.venue.timezone
    return Listing(
        event=event,
        title=event.title,
        href=reverse("event-pages:event", args=[event.slug]),
        day=short_day(event.starts_at, zone),
        time=clock(event.starts_at, zone),
        venue=event.venue.name,
        city=event.venue.city,
        state=state_of(event, now=now),
    )


def listings_of(events: Iterable[Event], *, now: datetime) -> list[Listing]:
    """Each of the events, whose venues must be loaded."""
    return [listing_of(event, now=now) for event in events]


def state_of(event: Event, *, now: datetime) -> State | None:
    """What a visitor should know before reading on; None while it is simply still to come."""
    if event.status != EventStatus.PUBLISHED:
        return _STATES[EventStatus(event.status)]
    zone = ZoneInfo(event.venue.timezone)
    return _TONIGHT if event.starts_at.astimezone(zone).date() == now.astimezone(zone).date() else None
