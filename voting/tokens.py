"""Voting tokens: the authority to cast one vote, checked without a query.

A token names an attendee, a round and its expiry, with a nonce and an HMAC-SHA256 from the key ring over all of it, cut to
128 bits (RFC 2104, section 5). The digest of its bytes is stored with the ballot, never the token itself.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from config.lib.errors import Refusal
from config.lib.secrets import keys_for

_PURPOSE: Final = "voting-token"
_LAYOUT: Final = struct.Struct(">IQQ9s")  # expiry in Unix seconds, attendee, round, nonce
_TAG_BYTES: Final = 16
_LENGTH: Final = (_LAYOUT.size + _TAG_BYTES) * 4 // 3  # 45 bytes are 60 characters, without padding


class BadToken(Refusal):
    status = 403
    message = _("This voting token is not valid.")


@dataclass(frozen=True, slots=True)
class VotingToken:
    """What a genuine token says. `digest` is the SHA-256 of its bytes: the source of its ballot."""

    attendee_id: int
    round_id: int
    expires_at: int
    digest: bytes

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at <= now.timestamp()


def _tag(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")[:_TAG_BYTES]


def issue(*, attendee_id: int, round_id: int, expires_at: datetime) -> str:
    """A new token of 60 URL-safe characters. The expiry is rounded down to whole seconds."""
    message = _LAYOUT.pack(int(expires_at.timestamp()), attendee_id, round_id, secrets.token_bytes(9))
    return base64.urlsafe_b64encode(message + _tag(keys_for(_PURPOSE)[0], message)).decode()


def read(token: str) -> VotingToken:
    """What the token says, expired or not. Raises BadToken for anything that no key of the ring has signed."""
    if len(token) != _LENGTH:
        raise BadToken
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadToken from error
    message, tag = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
    if not any(hmac.compare_digest(tag, _tag(key, message)) for key in keys_for(_PURPOSE)):
        raise BadToken
    expires_at, attendee_id, round_id, _nonce = _LAYOUT.unpack(message)
    return VotingToken(attendee_id, round_id, expires_at, hashlib.sha256(raw).digest())
