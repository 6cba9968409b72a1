"""Finding events, and loading what their pages and answers show."""

from datetime import datetime
from typing import Final, TypedDict

from django.db.models import Prefetch, Q

from events.models import Event, Slot
from events.querysets import EventQuerySet

_DETAILS: Final = ("venue", "sender")


class Wanted(TypedDict, total=False):
    """What somebody looks for; `from` and `to` bound the start, the end exclusive."""

    status: str
    access: str
    city: str
    category: str
    tag: str
    q: str
    starts_from: datetime
    starts_before: datetime


def with_details(events: EventQuerySet) -> EventQuerySet:
    """With venue, number, and who is on the ballot (as `event.ballot`), in two queries whatever their number."""
    ballot = Prefetch("lineup", queryset=Slot.objects.on_the_ballot().in_order(), to_attr="ballot")
    return events.select_related(*_DETAILS).prefetch_related(ballot)


def detailed(event: Event) -> Event:
    """The event with its details, as it is stored now."""
    return with_details(Event.objects.filter(pk=event.pk)).get()


def ballot_of(event: Event) -> list[Slot]:
    """Who is on the ballot of an event that was loaded with its details."""
    ballot: list[Slot] = event.ballot  # type: ignore[attr-defined]  # put there by `with_details`
    return ballot


def find(events: EventQuerySet, wanted: Wanted) -> EventQuerySet:
    """Those of `events` that are wanted; `q` is looked for in title, city, venue and the artists on the ballot."""
    for name, lookup in _LOOKUPS.items():
        if name in wanted:
            events = events.filter(**{lookup: wanted[name]})  # type: ignore[literal-required]  # the keys of Wanted
    if "tag" in wanted:
        events = events.filter(tags__contains=[wanted["tag"].lower()])
    return events.filter(_says(wanted["q"])) if wanted.get("q") else events


_LOOKUPS: Final = {
    "status": "status",
    "access": "access",
    "city": "venue__city__iexact",
    "category": "category__iexact",
    "starts_from": "starts_at__gte",
    "starts_before": "starts_at__lt",
}


def _says(text: str) -> Q:
    """One look-up per table, each by its own index, then brought together: an OR across tables can use none of them."""
    titled = Event.objects.filter(title__icontains=text).values("pk")
    there = Event.objects.filter(Q(venue__name__icontains=text) | Q(venue__city__icontains=text)).values("pk")
    playing = Slot.objects.on_the_ballot().filter(artist__name__icontains=text).values("event")
    return Q(pk__in=titled.union(there, playing))
