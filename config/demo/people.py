"""The demo's log-ins."""

import secrets
from datetime import datetime
from functools import cache
from typing import Final

from django.contrib.auth.hashers import make_password

from accounts.actors import Actor, Via, platform
from accounts.models import Role, User
from accounts.services.signing_up import grant_account

PASSWORD: Final = "fanfare-demo"  # noqa: S105 - everybody's: this is why the demo is for development
DOMAIN: Final = "demo.fanfare.test"
NAMES: Final = {
    Role.ADMIN: "Ada Admin",
    Role.ORGANIZER: "Olga Organizer",
    Role.ARTIST: "Mira Vale",
    Role.FAN: "Finn Fan",
    Role.BRAND: "Brenda Brand",
    Role.DEVELOPER: "Dev Developer",
}


def account(role: Role, *, now: datetime) -> User:
    """The demo's account of this role, made at the first time."""
    email = f"{role}@{DOMAIN}"
    known = User.objects.filter(email=email).first()
    if known:
        return known
    strong = secrets.token_urlsafe()
    user = grant_account(
        actor=platform(Via.COMMAND), email=email, password=strong, name=NAMES[role], role=role, now=now
    )
    # The promised password is too much like the address for the rules that hold for everybody else.
    user.password = _hashed_password()
    user.save(update_fields=["password"])
    return user


@cache
def _hashed_password() -> str:
    """Once for all of them: a hash takes long on purpose."""
    return make_password(PASSWORD)


def acting(user: User) -> Actor:
    """The person, using the demo command."""
    return Actor(via=Via.COMMAND, user=user)
