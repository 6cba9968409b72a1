"""What is on: tonight's bill for the home page, and the list that can be searched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from config.lib.numerals import written
from config.lib.pagination import page_of
from config.lib.swapping import address_of
from events import directory
from events.forms import DiscoverForm, Stage
from events.listings import Link, Listing, listings_of
from events.models import Event, EventStatus
from events.policies import events_seen_by
from events.querysets import OVER_STATUSES, EventQuerySet

_BILL: Final = 12
_NEXT: Final = 10
_PAGE: Final = 20
_POSTERS: Final = 4
_COUNTED: Final = 1_000  # beyond it, counting costs more than the number tells
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
    """One page of the list, how many there are in all, and the addresses beside it ("" at the ends).

    `address` is the page's own, without what was left empty; `days` are the dates most people mean.
    """

    listings: Sequence[Listing]
    summary: str
    address: str
    following: str
    previous: str
    days: Sequence[Link]


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
    """A page of what is wanted, in two queries. Raises Malformed for a cursor that is not ours or of another list.

    `wanted` are the clean values of DiscoverForm, `asked` the query of the address, which the pages beside it keep.
    """
    stage = wanted.get("status", "")
    found = directory.find(_at(stage, events_seen_by(actor), now), _words(wanted))
    found = found.between(wanted.get("first"), wanted.get("last"))
    latest_first = stage in {Stage.OVER, Stage.CANCELLED}
    cursor = asked.get("cursor", "")
    page = page_of(
        found.select_related("venue"), ordering=_LATEST if latest_first else _SOONEST, cursor=cursor, limit=_PAGE
    )
    return Nights(
        listings=listings_of(page.rows, now=now),
        summary=_summary(found[: _COUNTED + 1].count(), latest_first=latest_first),
        address=_address(asked, cursor=cursor),
        following=_address(asked, cursor=page.next) if page.next else "",
        previous=_address(asked, cursor=page.previous) if page.previous else "",
        days=_days(wanted, asked=asked, today=now.date()),
    )


def first_page(asked: QueryDict) -> str:
    """The address of the list from its start, with the same filters."""
    return _address(asked)


def _summary(number: int, *, latest_first: bool) -> str:
    if not number:
        return _("No night found")
    nights = ngettext("%(number)s night", "%(number)s nights", number) % {"number": written(number)}
    if number > _COUNTED:
        nights = _("More than %(number)s nights") % {"number": written(_COUNTED)}
    return (_("%(nights)s, latest first") if latest_first else _("%(nights)s, soonest first")) % {"nights": nights}


def _days(wanted: Mapping[str, Any], *, asked: QueryDict, today: date) -> list[Link]:
    """A weekend begins on its Friday. `today` is by UTC, as nobody has said where the visitor is."""
    friday = today + timedelta(days=4 - today.weekday())
    is_tonight = wanted.get("status") == Stage.TONIGHT
    chosen = (wanted.get("first"), wanted.get("last"))
    links = [Link(_("Tonight"), _address(asked, status=Stage.TONIGHT, first="", last=""), is_tonight)]
    for label, first, last in (
        (_("This weekend"), friday, friday + timedelta(days=2)),
        (_("Next 7 days"), today, today + timedelta(days=6)),
    ):
        address = _address(asked, status="", first=first.isoformat(), last=last.isoformat())
        links.append(Link(label, address, not wanted.get("status") and chosen == (first, last)))
    kept = "" if is_tonight else asked.get("status", "")
    any_day = _address(asked, status=kept, first="", last="")
    return [*links, Link(_("Any day"), any_day, not is_tonight and chosen == (None, None))]


def _words(wanted: Mapping[str, Any]) -> directory.Wanted:
    return {name: wanted[name] for name in ("q", "city") if wanted.get(name)}  # type: ignore[return-value]  # keys of Wanted


def _at(stage: str, events: EventQuerySet, now: datetime) -> EventQuerySet:
    match stage:
        case Stage.TONIGHT:
            return events.tonight(now=now)
        case Stage.LIVE:
            return events.filter(status=EventStatus.LIVE)
        case Stage.OVER:
            return events.filter(status__in=OVER_STATUSES)
        case Stage.CANCELLED:
            return events.filter(status=EventStatus.CANCELLED)
    return events.upcoming()


def _address(asked: QueryDict, **changed: str) -> str:
    """The list with the filters of `asked`, from its start, with what is changed."""
    return address_of("event-pages:events", {name: asked.get(name, "") for name in DiscoverForm.base_fields} | changed)
