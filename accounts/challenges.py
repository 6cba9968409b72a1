"""What a client holds between the right password and its second step: signed, short-lived, good for one password.

It names the account, carries a number of its own, under which its attempts are counted, and a digest of the stored password,
so that changing the password ends it. Nothing is stored for it.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from accounts.models import User
from config.lib.errors import InvalidToken
from config.lib.signing import sign, unsign

LIFETIME: Final = timedelta(minutes=5)
_PURPOSE: Final = "mfa-challenge"
_ID_BYTES: Final = 16
_NUMBER_BYTES: Final = 8
_DIGEST_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a genuine one says: whose it is (public id), its own number, and the digest of the password it was made after."""

    user: str
    number: str
    digest: bytes

    def is_of(self, user: User) -> bool:
        """Whether the account still has the password that was right when this was made."""
        return hmac.compare_digest(self.digest, _digest(user))


def _digest(user: User) -> bytes:
    """Of the stored hash, which is salted: it tells nothing about the password."""
    return hashlib.sha256(user.password.encode()).digest()[:_DIGEST_BYTES]


def issue(user: User, *, now: datetime) -> str:
    """A challenge for `user`, whose password was right."""
    payload = user.public_id.encode() + secrets.token_bytes(_NUMBER_BYTES) + _digest(user)
    return sign(payload, purpose=_PURPOSE, expires_at=now + LIFETIME)


def read(token: str, *, now: datetime) -> Challenge:
    """What it says. Raises InvalidToken, TokenExpired."""
    payload = unsign(token, purpose=_PURPOSE, now=now)
    if len(payload) != _ID_BYTES + _NUMBER_BYTES + _DIGEST_BYTES:
        raise InvalidToken
    number = payload[_ID_BYTES : _ID_BYTES + _NUMBER_BYTES].hex()
    return Challenge(user=payload[:_ID_BYTES].decode(), number=number, digest=payload[-_DIGEST_BYTES:])
