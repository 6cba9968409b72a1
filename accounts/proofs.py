"""Whether somebody has shown a moment ago that it is them who sits there, and not just somebody with their session."""

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest

from accounts.models import User


def recently_proved(request: HttpRequest) -> bool:
    """By signing in again within the time of the settings; who has no password is asked for none, and just signed in."""
    if not isinstance(request.user, User):
        return False
    records = get_authentication_records(request, request.user)
    if request.user.has_usable_password():
        records = [record for record in records if record.get("reauthenticated")]
    oldest = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return any(record["at"] > oldest for record in records)
