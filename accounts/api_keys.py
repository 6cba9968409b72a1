"""The text of an API key, and the row it names (ADR 0014).

    ff_<public id: 16>_<secret: 52><checksum: 7>

All in the alphabet of public ids (Crockford's base 32, lower case). `ff_<public id>` is the prefix that is shown and may be
told; the secret has 260 bits; the checksum is the CRC-32 of everything before it, so that a typing error, and most of what a
scanner of leaked secrets takes for a key, is known without asking the database.
"""

import hashlib
import re
import secrets
import zlib
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from accounts.models import ApiKey
from config.lib.errors import InvalidApiKey
from config.lib.public_ids import ALPHABET, new_public_id

PREFIX: Final = "ff_"
USE_NOTED_EVERY: Final = timedelta(minutes=5)
_SECRET_LENGTH: Final = 52
_CHECKSUM_LENGTH: Final = 7
_PATTERN: Final = re.compile(
    rf"{PREFIX}(?P<public_id>[{ALPHABET}]{{16}})_"
    rf"(?P<secret>[{ALPHABET}]{{{_SECRET_LENGTH}}})(?P<checksum>[{ALPHABET}]{{{_CHECKSUM_LENGTH}}})"
)


class KeyText(NamedTuple):
    """A key as its owner holds it, and what is kept of it."""

    text: str
    digest: bytes


def prefix_of(public_id: str) -> str:
    """What may be shown of a key: enough to tell it from the others, useless to sign in with."""
    return PREFIX + public_id


def new_text(public_id: str) -> KeyText:
    """A new secret for the key of this public id."""
    secret = new_public_id(_SECRET_LENGTH)
    body = f"{prefix_of(public_id)}_{secret}"
    return KeyText(text=body + _checksum(body), digest=_digest(secret))


def living_key(text: str, *, now: datetime) -> ApiKey:
    """The living key of this text, with its active owner, in one query; none for a text that is no key.

    Raises InvalidApiKey, which says nothing about why. The digests are compared in constant time.
    """
    found = _PATTERN.fullmatch(text)
    if found is None or _checksum(text[:-_CHECKSUM_LENGTH]) != found["checksum"]:
        raise InvalidApiKey
    named = ApiKey.objects.alive(now=now).filter(public_id=found["public_id"], user__is_active=True)
    key = named.select_related("user").first()
    if key is None or not secrets.compare_digest(bytes(key.digest), _digest(found["secret"])):
        raise InvalidApiKey
    return key


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Keep when the key was last used, to five minutes: a busy key must not write a row for each request."""
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk, last_used_at=key.last_used_at).update(last_used_at=now)


def _digest(secret: str) -> bytes:
    """Plain SHA-256: a secret of 260 random bits cannot be guessed, and a slow hash would only slow every request down."""
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (_CHECKSUM_LENGTH - 1), -1, -5))
