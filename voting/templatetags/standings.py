"""`{% load standings %}`: how live nights stand, for the pages of other apps."""

from collections.abc import Iterable

from django.template import Library

from events.listings import Listing
from events.models import Event
from voting.strip import Strip, strips

register = Library()


@register.inclusion_tag("voting/strip.html")
def live_strip(nights: Iterable[Listing]) -> dict[str, list[Strip]]:
    """Who leads at each of these live nights, in one query."""
    return {"strips": strips(night.event for night in nights)}


@register.inclusion_tag("voting/ways_in.html")
def event_standings(event: Event) -> dict[str, object]:
    """Where the event's leaderboard or recap is, and who leads; one query while the event is live, none otherwise."""
    return {"event": event, "strips": strips([event])}
