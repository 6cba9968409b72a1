"""Accounts with second factors, as somebody has set them up."""

from datetime import datetime
from typing import Any, Final

from accounts.models import User
from accounts.second_factors import code_at, second_factors_of
from accounts.services.second_factor import add_app, add_passkey
from accounts.tests.factories import confirm_email
from config.tests.fixtures import acting

SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CREDENTIAL: Final[dict[str, Any]] = {
    "id": "AAECAwQFBgcICQ",
    "rawId": "AAECAwQFBgcICQ",
    "type": "public-key",
    "response": {},
}
"""What a registration leaves behind, for tests that ask no authenticator."""


def code_now(now: datetime) -> str:
    """What the app shows at `now`."""
    return code_at(SECRET, int(now.timestamp()) // 30)


def with_app(user: User, *, now: datetime) -> User:
    """`user`, who has set an app up just now."""
    add_app(actor=acting(confirm_email(user)), secret=SECRET, code=code_now(now), now=now)
    user.refresh_from_db()
    return user


def with_passkey(user: User, *, now: datetime) -> str:
    """The key of a passkey that `user` has added just now."""
    add_passkey(actor=acting(confirm_email(user)), name="Phone", credential=CREDENTIAL, now=now)
    user.refresh_from_db()
    return second_factors_of(user).passkeys[-1].key
