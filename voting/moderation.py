"""Leaderboards are copies: of what is held they go at once, and of what is shown again they come back."""

from accounts.reportables import watch
from events.models import Event
from voting import relay
from voting.models import Entry


def event_changed(public_id: str) -> None:
    """The event was held, or is shown again: its board is made anew, which says who may look."""
    for event_id in Event.objects.filter(public_id=public_id).values_list("pk", flat=True):
        relay.mark(event_id)


def artist_changed(public_id: str) -> None:
    """Likewise every board that names the artist."""
    nights = Entry.objects.filter(slot__artist__public_id=public_id).values("round__event")
    for event_id in Event.objects.filter(pk__in=nights).values_list("pk", flat=True):
        relay.mark(event_id)


watch("event", event_changed)
watch("artist", artist_changed)
