"""The cookie by which an account knows a browser again, so that somebody else's wrong passwords do not lock its owner out.

It signs nobody in. It names an account and a browser, is signed, and gives that browser a counter of its own (OWASP, "Slow
Down Online Guessing Attacks with Device Cookies").
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpResponse

from config.lib.errors import InvalidToken, TokenExpired
from config.lib.secrets import keys_for
from config.lib.signing import sign, unsign

COOKIE: Final = "known_browser"
_PURPOSE: Final = "known-browser"
_ACCOUNT_BYTES: Final = 16
_BROWSER_BYTES: Final = 12


def account_of(email: str) -> str:
    """A name for the account that `email` has or would have: the same for every spelling, and telling nobody the address."""
    digest = hmac.digest(keys_for("sign-in")[0], email.strip().lower().encode(), "sha256")
    return digest[:_ACCOUNT_BYTES].hex()


def recognised(cookie: str, *, account: str, now: datetime) -> str:
    """The name of the browser, if `account` knows it; "" for none, for another account's and for what is no cookie of ours."""
    try:
        payload = unsign(cookie, purpose=_PURPOSE, now=now)
    except (InvalidToken, TokenExpired):
        return ""
    whose, browser = payload[:_ACCOUNT_BYTES].hex(), payload[_ACCOUNT_BYTES:].hex()
    return browser if whose == account else ""


def remember(response: HttpResponse, *, email: str, now: datetime) -> None:
    """Let the account of `email` know the browser that gets this response. Only after it has proved itself."""
    lifetime = timedelta(days=settings.KNOWN_BROWSER_DAYS)
    payload = bytes.fromhex(account_of(email)) + secrets.token_bytes(_BROWSER_BYTES)
    response.set_cookie(
        COOKIE,
        sign(payload, purpose=_PURPOSE, expires_at=now + lifetime),
        max_age=lifetime,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
