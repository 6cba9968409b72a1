"""Whole addresses: of an event's page, and of the personal link `/c/<code>/` that confirms an attendee.

The code of a personal link names the attendee and says nothing; it can be used again, and works until some time after the
event. Upper apps sign codes of their own with the same functions, each for its own purpose.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from config.lib.signing import sign, unsign
from events.models import Attendee, Event

PURPOSE: Final = "events.confirm"
_GRACE: Final = timedelta(days=1)


def page_link(event: Event) -> str:
    """The whole address of the event's page, the one to pass on."""
    return settings.PUBLIC_URL + reverse("event-pages:event", args=[event.slug])


def confirm_code(attendee: Attendee) -> str:
    """The last part of the attendee's link."""
    return personal_code(attendee, purpose=PURPOSE, grace=_GRACE)


def confirm_link(attendee: Attendee) -> str:
    """The whole address, for texts and mails."""
    return f"{settings.PUBLIC_URL}/c/{confirm_code(attendee)}/"


def personal_code(attendee: Attendee, *, purpose: str, grace: timedelta) -> str:
    """A code that names the attendee for one purpose, until `grace` after the event. As short as their number allows."""
    shortest = attendee.pk.to_bytes(-(-attendee.pk.bit_length() // 8))
    return sign(shortest, purpose=purpose, expires_at=attendee.event.ends_at + grace)


def attendee_id_of(code: str, *, purpose: str = PURPOSE, now: datetime) -> int:
    """Whose code it is (primary key). Raises InvalidToken, also for a code of another purpose, or TokenExpired."""
    return int.from_bytes(unsign(code, purpose=purpose, now=now))
