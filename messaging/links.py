"""Whole addresses of messaging's own pages: the personal link `/p/<token>/` to what is sent to one address."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse

from config.lib.signing import sign, unsign

PURPOSE: Final = "messaging.preferences"
_LASTS: Final = timedelta(days=366)


def preferences_token(address_id: int, *, now: datetime) -> str:
    """Names the address (by primary key), says nothing, can be used again, and works for a year.

    All day it is the same token, so that equal texts stay equal: the gate knows loops between machines by them.
    """
    shortest = address_id.to_bytes(-(-address_id.bit_length() // 8))
    today = datetime.combine(now.astimezone(UTC), time.min, tzinfo=UTC)
    return sign(shortest, purpose=PURPOSE, expires_at=today + _LASTS)


def preferences_link(address_id: int, *, now: datetime) -> str:
    """The whole address, for texts, mails and pages."""
    return settings.PUBLIC_URL + reverse("messaging:preferences", args=[preferences_token(address_id, now=now)])


def address_id_of(token: str, *, now: datetime) -> int:
    """Whose token it is (primary key). Raises InvalidToken or TokenExpired."""
    return int.from_bytes(unsign(token, purpose=PURPOSE, now=now))
