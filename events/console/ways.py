"""From a message about an event to the event, and to whom it is for."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import Attendee, Event
from messaging.console import Way


def ways_of(topic: str, address_id: int) -> list[Way]:
    """Two queries; nothing for a topic that is no event's."""
    _kind, _colon, key = topic.partition(":")
    event = Event.objects.filter(pk=key).first() if topic.startswith("event:") and key.isdecimal() else None
    if event is None:
        return []
    ways = [Way(event.title, reverse("admin:events_event_change", args=[event.pk]))]
    person = Attendee.objects.filter(Q(phone=address_id) | Q(email=address_id), event=event).order_by("pk").first()
    if person:
        ways.append(Way(_("Attendee"), reverse("admin:events_attendee_change", args=[person.pk])))
    return ways
