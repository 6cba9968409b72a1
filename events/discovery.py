"""What is on: tonight's bill for the home page, and the list that can be searched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from config.lib.api.pagination import page_of
from events import directory
from events.forms import DiscoverForm, Stage
from events.listings import Link, Listing, listings_of
from events.models import Event, EventStatus
from events.policies import events_seen_by
from events.querysets import EventQuerySet

_BILL: Final = 12
_NEXT: Final = 10
_PAGE: Final = 20
_POSTERS: Final = 4
_SOONEST: Final = ("starts_at", "id")
_LATEST: Final = ("-starts_at", "-id")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tonight:
    """The home page: what is on, what is next, and the night whose keyword stands as the example."""

    bill: Sequence[Listing]
    live: Sequence[Listing]
    following: Sequence[Listing]
    example: Event | None

    @property
    def posters(self) -> Sequence[Listing]:
        """Those that hang beside the headline."""
        return [*self.bill, *self.following][:_POSTERS]

    @property
    def question(self) -> str:
        """What the example's keyword is answered."""
        return _("%(event)s: reply YES to join and vote.") % {"event": self.example.title} if self.example else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Nights:
    """One page of the list, and the addresses of the pages beside it ("" at the ends)."""

    listings: Sequence[Listing]
    following: str
    previous: str
    tabs: Sequence[Link]


def tonight(actor: Actor, *, now: datetime) -> Tonight:
    """In two queries."""
    seen = events_seen_by(actor).select_related("venue", "sender").order_by(*_SOONEST)
    bill = list(seen.tonight(now=now)[:_BILL])
    following = seen.upcoming().filter(starts_at__gte=now).exclude(pk__in=[event.pk for event in bill])
    listings = listings_of(bill, now=now)
    return Tonight(
        bill=listings,
        live=[listing for listing in listings if listing.event.status == EventStatus.LIVE],
        following=listings_of(following[:_NEXT], now=now),
        example=next((event for event in bill if event.join_keyword and event.sender), None),
    )


def nights(actor: Actor, wanted: Mapping[str, Any], *, asked: QueryDict, now: datetime) -> Nights:
    """A page of what is wanted, in one query. Raises Malformed for a cursor that is not ours or of another list.

    `wanted` are the clean values of DiscoverForm, `asked` the query of the address, which the pages beside it keep.
    """
    stage = wanted.get("status", "")
    found = directory.find(_at(stage, events_seen_by(actor), now), _words(wanted))
    found = found.between(wanted.get("first"), wanted.get("last")).select_related("venue")
    ordering = _LATEST if stage in {Stage.OVER, Stage.CANCELLED} else _SOONEST
    page = page_of(found, ordering=ordering, cursor=asked.get("cursor", ""), limit=_PAGE)
    return Nights(
        listings=listings_of(page.rows, now=now),
        following=_address(asked, cursor=page.next) if page.next else "",
        previous=_address(asked, cursor=page.previous) if page.previous else "",
        tabs=[Link(each.label, _address(asked, status=each.value), each == stage) for each in Stage],
    )


def first_page(asked: QueryDict) -> str:
    """The address of the list from its start, with the same filters."""
    return _address(asked)


def _words(wanted: Mapping[str, Any]) -> directory.Wanted:
    return {name: wanted[name] for name in ("q", "city") if wanted.get(name)}  # type: ignore[return-value]  # keys of Wanted


def _at(stage: str, events: EventQuerySet, now: datetime) -> EventQuerySet:
    match stage:
        case Stage.TONIGHT:
            return events.tonight(now=now)
        case Stage.LIVE:
            return events.filter(status=EventStatus.LIVE)
        case Stage.OVER:
            return events.filter(status__in=(EventStatus.CLOSED, EventStatus.ARCHIVED))
        case Stage.CANCELLED:
            return events.filter(status=EventStatus.CANCELLED)
    return events.upcoming()


def _address(asked: QueryDict, **changed: str) -> str:
    """The list with the filters of `asked`, from its start, with what is changed."""
    query = {name: asked.get(name, "") for name in DiscoverForm.base_fields} | changed
    written = urlencode({name: value for name, value in query.items() if value})
    return reverse("event-pages:events") + (f"?{written}" if written else "")
