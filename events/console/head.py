"""What stands above an event in the console: how it stands, what it still needs, what comes next, where its pages are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from events.console.figures import Figures, figures_of
from events.console.steps import Step, steps_from
from events.local_time import clock, short_day
from events.models import Event, EventStatus
from events.querysets import OVER_STATUSES

_KINDS: Final = {
    EventStatus.DRAFT: "warn",
    EventStatus.PUBLISHED: "good",
    EventStatus.LIVE: "live",
    EventStatus.CLOSED: "quiet",
    EventStatus.ARCHIVED: "quiet",
    EventStatus.CANCELLED: "bad",
}


class Place(NamedTuple):
    """A page about the event."""

    label: str | Promise
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EventHead:
    """`lists` are the console's about this event, `places` its pages for everybody. `control` is the address of the control room, "" where there is nothing to control."""

    event: Event
    status: str
    kind: str
    when: str
    where: str
    figures: Figures
    missing: list[str]
    steps: list[tuple[Step, str]]
    lists: list[Place]
    places: list[Place]
    control: str


def head_of(event: Event, *, may_run: bool) -> EventHead:
    """No query; the event must be loaded with its figures."""
    steps = steps_from(event.status) if may_run else []
    return EventHead(
        event=event,
        status=str(event.get_status_display()),
        kind=_KINDS[EventStatus(event.status)],
        when=when_of(event),
        where=str(event.venue),
        figures=figures_of(event),
        missing=list(missing_of(event)),
        steps=[(step, reverse("admin:events_event_step", args=[event.pk, step.name])) for step in steps],
        lists=list(_lists(event)),
        places=list(_places(event)),
        control=control_of(event),
    )


def when_of(event: Event) -> str:
    """As `Fri 20 Nov, 19:30 to 00:30`, by the clock of the venue."""
    zone = event.venue.timezone
    moments = {"day": short_day(event.starts_at, zone), "start": clock(event.starts_at, zone)}
    return _("%(day)s, %(start)s to %(end)s") % {**moments, "end": clock(event.ends_at, zone)}


def missing_of(event: Event) -> Iterator[str]:
    """What a night that is still to come needs before people come."""
    if event.status not in {EventStatus.DRAFT, EventStatus.PUBLISHED, EventStatus.LIVE}:
        return
    if not figures_of(event).playing:
        yield _("Nobody is on the line-up yet.")
    if not event.join_keyword:
        yield _("There is no keyword to join by text.")
    if event.status == EventStatus.DRAFT:
        yield _("It is not published, so nobody can find or join it.")


def control_of(event: Event) -> str:
    """The address of the event's control room: there while it is published or live."""
    return _address("admin:control-room", event.pk) if event.status in {"published", "live"} else ""


def _lists(event: Event) -> Iterator[Place]:
    """What the console lists about the event alone."""
    asked = (
        ("events_attendee", _("Attendees"), {"event": event.pk}),
        ("voting_round", _("Rounds"), {"event": event.pk}),
        ("messaging_message", _("Messages"), {"topic": event.topic}),
    )
    for name, label, query in asked:
        if href := _address(f"admin:{name}_changelist"):
            yield Place(label, f"{href}?{urlencode(query)}")


def _places(event: Event) -> Iterator[Place]:
    if event.status == EventStatus.DRAFT:
        yield Place(_("Preview of the page"), reverse("event-pages:event", args=[event.slug]))
        return
    yield Place(_("Page"), reverse("event-pages:event", args=[event.slug]))
    shown = (
        [("recap", _("Recap"))]
        if event.status in OVER_STATUSES
        else [("live", _("Live board")), ("stage", _("Stage screen"))]
    )
    for name, label in shown:
        if event.status != EventStatus.CANCELLED and (href := _address(f"voting-pages:{name}", event.slug)):
            yield Place(label, href)


def _address(name: str, *args: object) -> str:
    """Of a page that an upper app adds; "" where the site has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
