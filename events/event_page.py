"""What the page of an event shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.moderation_page import Hold, hold_of
from artists import links as artist_links
from config.lib import qr
from config.lib.phone_numbers import dialled
from events import directory, journeys, links, structured_data
from events.listings import Link, Listing, State, listings_of, state_of
from events.local_time import clock, long_day, short_day
from events.models import Attendee, AttendeeStatus, Event, EventAccess, Slot
from events.policies import events_seen_by
from events.querysets import JOINABLE_STATUSES

_MAP: Final = "https://www.openstreetmap.org/search?"
_MORE: Final = 5
_SUMMARY: Final = 200  # characters, for the cards of search engines and messengers


class Act(NamedTuple):
    """One line of the bill."""

    number: str
    name: str
    home: str
    plays_at: str
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrance:
    """How the visitor joins. `number` is written for reading; `text_href` and `code` open a text that is written already."""

    is_open: bool
    by_invitation: bool
    joined: bool
    vote_href: str
    keyword: str
    number: str
    text_href: str
    code: SafeString


@dataclass(frozen=True, kw_only=True, slots=True)
class EventPage:
    event: Event
    state: State | None
    day: str
    opening: str
    address: str
    summary: str
    paragraphs: Sequence[str]
    bill: Sequence[Act]
    facts: Sequence[tuple[str, str | SafeString]]
    entrance: Entrance
    share: Sequence[Link]
    more: Sequence[Listing]
    structured_data: SafeString
    hold: Hold | None


def event_page_of(event: Event, *, actor: Actor, now: datetime) -> EventPage:
    """The page as this actor sees it; whether they may is for the caller to ask. Four queries for anybody signed in."""
    ballot = list(Slot.objects.filter(event=event).on_the_ballot().in_order())
    zone = event.venue.timezone
    return EventPage(
        event=event,
        state=state_of(event, now=now),
        day=long_day(event.starts_at, zone),
        opening=_opening(event),
        address=links.page_link(event),
        summary=_summary(event, ballot),
        paragraphs=[words for line in event.description.splitlines() if (words := line.strip())],
        bill=[_act(slot, zone) for slot in ballot],
        facts=_facts(event),
        entrance=entrance_of(event, actor),
        share=_share(event),
        more=_more(event, actor, now),
        structured_data=structured_data.of_event(event, ballot),
        hold=hold_of(event, actor, now=now),
    )


def _act(slot: Slot, zone: str) -> Act:
    plays_at = clock(slot.set_at, zone) if slot.set_at else ""
    return Act(
        str(slot.ballot_number), slot.artist.name, slot.artist.home, plays_at, artist_links.page_path(slot.artist)
    )


def _opening(event: Event) -> str:
    zone = event.venue.timezone
    if event.doors_at:
        return _("Doors %(time)s") % {"time": clock(event.doors_at, zone)}
    return _("Starts %(time)s") % {"time": clock(event.starts_at, zone)}


def _summary(event: Event, ballot: Sequence[Slot]) -> str:
    """One sentence for those who have not opened the page: the first words of the description, or who plays."""
    words = " ".join(event.description.split()) or ", ".join(slot.artist.name for slot in ballot)
    when = f"{short_day(event.starts_at, event.venue.timezone)}, {event.venue.name}, {event.venue.city}"
    text = f"{when}. {words}" if words else when
    return text if len(text) <= _SUMMARY else f"{text[: _SUMMARY - 1].rsplit(' ', 1)[0]}…"


def _facts(event: Event) -> list[tuple[str, str | SafeString]]:
    zone, venue = event.venue.timezone, event.venue
    facts: list[tuple[str, str | SafeString]] = []
    if event.doors_at:
        facts.append((_("Doors"), _moment(event.doors_at, zone)))
    facts += [(_("Starts"), _moment(event.starts_at, zone)), (_("Ends"), _moment(event.ends_at, zone))]
    place = ", ".join(part for part in (venue.name, venue.street, venue.city) if part)
    way = _MAP + urlencode({"query": ", ".join(filter(None, (venue.street or venue.name, venue.city, venue.country)))})
    facts.append(
        (_("Where"), format_html('{}<br><a href="{}" rel="noreferrer">{}</a>', place, way, _("Find it on the map")))
    )
    return facts


def _moment(moment: datetime, zone: str) -> SafeString:
    return format_html(
        '<time datetime="{}">{}, {}</time>',
        moment.isoformat(timespec="minutes"),
        short_day(moment, zone),
        clock(moment, zone),
    )


def entrance_of(event: Event, actor: Actor) -> Entrance:
    """How this actor joins the event. One query for whoever is signed in."""
    mine = Attendee.objects.filter(event=event).select_related("event")
    attendee = mine.of(actor.user).first() if actor.user else None
    joined = attendee is not None and attendee.status == AttendeeStatus.CONFIRMED
    number = event.sender.value if event.sender and event.join_keyword else ""
    return Entrance(
        is_open=event.status in JOINABLE_STATUSES and event.held_at is None,
        by_invitation=event.access != EventAccess.PUBLIC,
        joined=joined,
        vote_href=journeys.vote_link(attendee) if attendee and joined else "",
        keyword=event.join_keyword if number else "",
        number=dialled(number) if number else "",
        text_href=f"sms:{number}?body={quote(event.join_keyword)}" if number else "",
        code=qr.drawn(qr.text_message(number, event.join_keyword)) if number else SafeString(),
    )


def _share(event: Event) -> list[Link]:
    """Each link says in its address by which of them somebody came (see accounts/analytics.py)."""
    address = links.page_link(event)
    mail = {"subject": event.title, "body": f"{address}?via=mail"}
    return [
        Link(_("Send by text"), f"sms:?body={quote(f'{event.title} {address}?via=text')}"),
        Link(_("Send by e-mail"), f"mailto:?{urlencode(mail, quote_via=quote)}"),
        Link("WhatsApp", f"https://wa.me/?{urlencode({'text': f'{event.title} {address}?via=whatsapp'})}"),
    ]


def _more(event: Event, actor: Actor, now: datetime) -> list[Listing]:
    """What else is to come in the same town."""
    others = directory.find(events_seen_by(actor).upcoming(), {"city": event.venue.city}).exclude(pk=event.pk)
    return listings_of(others.select_related("venue").order_by("starts_at", "pk")[:_MORE], now=now)
