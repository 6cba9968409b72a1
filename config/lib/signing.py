"""Short signed tokens: a payload, an expiry and an HMAC, checked without a query.

Layout before base64url: expiry (4 bytes, big-endian Unix seconds), payload, tag (16 bytes of HMAC-SHA256 over the rest).
128 bits of tag are enough against forgery (RFC 2104, section 5) and keep links short enough for one SMS segment.
"""

import base64
import binascii
import hmac
from datetime import datetime

from config.lib.errors import InvalidToken, TokenExpired
from config.lib.secrets import keys_for

TAG_BYTES = 16
EXPIRY_BYTES = 4


def _tag(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")[:TAG_BYTES]


def _spelled(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(payload: bytes, *, purpose: str, expires_at: datetime) -> str:
    """A URL-safe token for `payload` that `unsign` accepts until `expires_at` (whole seconds, rounded down)."""
    message = int(expires_at.timestamp()).to_bytes(EXPIRY_BYTES) + payload
    return _spelled(message + _tag(keys_for(purpose)[0], message))


def unsign(token: str, *, purpose: str, now: datetime) -> bytes:
    """The payload. Raises InvalidToken for anything not signed by the ring, TokenExpired for a genuine one that is old."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise InvalidToken from error
    if _spelled(raw) != token:
        raise InvalidToken
    message, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
    if len(message) < EXPIRY_BYTES or not any(
        hmac.compare_digest(tag, _tag(key, message)) for key in keys_for(purpose)
    ):
        raise InvalidToken
    if int.from_bytes(message[:EXPIRY_BYTES]) <= now.timestamp():
        raise TokenExpired
    return message[EXPIRY_BYTES:]
