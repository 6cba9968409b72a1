"""The nights an artist plays, for the artist's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from artists.models import Artist
from events.listings import Listing, listings_of
from events.models import Event, Slot
from events.querysets import OVER_STATUSES

_FOLLOWING: Final = 10
_PAST: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtistNights:
    """`following` are on now or to come, soonest first; `past` are over, latest first."""

    following: Sequence[Listing]
    past: Sequence[Listing]


def artist_nights(artist: Artist, *, now: datetime) -> ArtistNights:
    """Of those anyone may find, whoever is looking: the page is the same for everybody. Two queries."""
    played = Slot.objects.on_the_ballot().filter(artist=artist)
    nights = Event.objects.listed().filter(pk__in=played.values("event")).select_related("venue")
    past = nights.filter(status__in=OVER_STATUSES)
    return ArtistNights(
        following=listings_of(nights.upcoming().order_by("starts_at", "pk")[:_FOLLOWING], now=now),
        past=listings_of(past.order_by("-starts_at", "-pk")[:_PAST], now=now),
    )
