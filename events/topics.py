"""What messages about events are about, in words for the people who get them."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils import timezone

from events.listings import Listing, listing_of
from events.models import Event, EventAccess, EventStatus
from messaging.topics import Topic, register

_STILL_WRITES: Final = (EventStatus.PUBLISHED, EventStatus.LIVE, EventStatus.CLOSED)


def describe(keys: Sequence[str]) -> Mapping[str, Topic]:
    """The events with these primary keys that may still write to somebody; one query. Private ones have no link."""
    now = timezone.now()
    numbers = [key for key in keys if key.isdecimal()]
    events = Event.objects.shown().filter(pk__in=numbers, status__in=_STILL_WRITES).select_related("venue")
    return {str(event.pk): _words(listing_of(event, now=now)) for event in events}


def _words(night: Listing) -> Topic:
    href = "" if night.event.access == EventAccess.PRIVATE else night.href
    return Topic(night.title, f"{night.when} · {night.where}", href)


register("event", describe)
