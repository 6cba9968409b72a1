"""Which event a phone is at: the read model behind a bare vote."""

from dataclasses import dataclass

from django.db.models import Q

from events.models import Attendee, AttendeeStatus


@dataclass(frozen=True, slots=True)
class Attendance:
    """A person at an event, as the person stands there now."""

    attendee_id: int
    event_id: int
    event_public_id: str
    event_title: str
    event_status: str
    confirmed: bool


def last_joined(address_id: int) -> Attendance | None:
    """The event this phone last joined and has not left; None where there is none.

    A merged attendee is read through the one it was merged into. One query.
    """
    joined = (
        Attendee.objects.filter(phone_id=address_id)
        .filter(Q(merged_into__isnull=True) | Q(merged_into__status__in=("pending", "confirmed")))
        .exclude(merged_into__isnull=True, status=AttendeeStatus.LEFT)
        .select_related("event", "merged_into")
        .order_by("-joined_at", "-pk")
        .first()
    )
    if joined is None:
        return None
    person = joined.merged_into or joined
    return Attendance(
        attendee_id=person.pk,
        event_id=joined.event_id,
        event_public_id=joined.event.public_id,
        event_title=joined.event.title,
        event_status=joined.event.status,
        confirmed=person.status == AttendeeStatus.CONFIRMED,
    )
