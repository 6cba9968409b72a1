"""An app that is being set up: its secret waits in the session, sealed, until the app has shown that it knows it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.sessions.backends.base import SessionBase
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.second_factors import PURPOSE
from config.lib import qr
from config.lib.secrets import Undecryptable, decrypt, encrypt

_KEY: Final = "app_setup"
_ISSUER: Final = "Fanfare"
_GROUP: Final = 4


@dataclass(frozen=True, slots=True)
class AppSetup:
    """`secret` is base32 (RFC 4648); `address` opens an app that makes codes, `drawing` is the same to scan."""

    secret: str
    address: str
    drawing: SafeString

    @property
    def spelled(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(self.secret[start : start + _GROUP] for start in range(0, len(self.secret), _GROUP))


def app_setup_of(session: SessionBase, user: User) -> AppSetup:
    """The one that waits in this session, else a new one: looking again must not outdate what was scanned."""
    secret = _waiting(session) or generate_totp_secret()
    session[_KEY] = encrypt(secret, purpose=PURPOSE)
    asked = urlencode({"secret": secret, "issuer": _ISSUER}, quote_via=quote)
    address = f"otpauth://totp/{_ISSUER}:{quote(user.email)}?{asked}"
    return AppSetup(secret=secret, address=address, drawing=qr.drawn(address))


def forget_app_setup(session: SessionBase) -> None:
    """It is set up."""
    session.pop(_KEY, None)


def _waiting(session: SessionBase) -> str:
    try:
        return decrypt(session.get(_KEY, ""), purpose=PURPOSE)
    except Undecryptable:
        return ""
