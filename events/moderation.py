"""Events can be reported; no rule stops a night that people are on their way to."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.reportables import Reportable, register, spare
from events.models import Event, EventStatus, Slot
from events.policies import events_seen_by

_ON_THEIR_WAY: Final = timedelta(hours=12)


def _is_on(now: datetime) -> Q:
    """Live, or about to be."""
    soon = Q(status=EventStatus.PUBLISHED, starts_at__lt=now + _ON_THEIR_WAY)
    return Q(status=EventStatus.LIVE) | soon


def night_is_on(public_id: str, now: datetime) -> bool:
    """Whether the event is live or begins within hours."""
    return Event.objects.filter(_is_on(now), public_id=public_id).exists()


def plays_tonight(public_id: str, now: datetime) -> bool:
    """Whether the artist is on the bill of such a night: without them its ballot would be another one."""
    nights = Event.objects.filter(_is_on(now))
    return Slot.objects.on_the_ballot().filter(artist__public_id=public_id, event__in=nights).exists()


register(
    Reportable(
        kind="event",
        model=Event,
        words=_("Event"),
        rows=Event.objects.all,
        seen_by=lambda actor: events_seen_by(actor).select_related("owner"),
        owner=lambda event: event.owner,
        title=lambda event: event.title,
        href=lambda event: reverse("event-pages:event", args=[event.slug]),
        texts=lambda event: [event.description, event.category, ", ".join(event.tags), event.join_keyword],
    )
)
spare("event", night_is_on)
spare("artist", plays_tonight)
