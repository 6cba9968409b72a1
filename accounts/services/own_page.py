"""What is changed at once by whoever saves the page of their settings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from accounts.services.profile import edit_profile
from accounts.services.user_settings import put_settings
from accounts.user_settings import Value


@transaction.atomic
def store(*, actor: Actor, profile: Mapping[str, Any], settings: Mapping[str, Value], now: datetime) -> User:
    """All of it or nothing. `profile` as `edit_profile` takes it; raises what it and `put_settings` raise."""
    user = edit_profile(actor=actor, now=now, **profile)
    put_settings(actor=actor, values=settings, now=now)
    return user
