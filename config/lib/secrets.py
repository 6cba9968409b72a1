"""The key ring: every secret of ours is derived from, or encrypted with, the keys in `FANFARE_KEYS`.

The first key signs and encrypts; all of them verify and decrypt, so a key is rotated by putting a new one in front and
dropping the old one once nothing made with it is alive. Keys are derived per purpose (HKDF, RFC 5869), so a token of one
purpose is never valid for another.
"""

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32


class Undecryptable(Exception):
    """The text was not encrypted with any key of the ring, or was changed."""


@cache
def _derive(secret: str, purpose: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"fanfare/{purpose}".encode())
    return hkdf.derive(secret.encode())


def keys_for(purpose: str) -> list[bytes]:
    """The 32-byte keys of this purpose, newest first."""
    return [_derive(secret, purpose) for secret in settings.FANFARE_KEYS]


def _box(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys_for(f"at-rest/{purpose}")])


def encrypt(text: str, *, purpose: str) -> str:
    """Encrypt for storage; ASCII out."""
    return _box(purpose).encrypt(text.encode()).decode()


def decrypt(stored: str, *, purpose: str) -> str:
    """The reverse of `encrypt` with any key of the ring. Raises Undecryptable."""
    try:
        return _box(purpose).decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise Undecryptable(purpose) from error


def rotate(stored: str, *, purpose: str) -> str:
    """The same secret, encrypted again with the newest key. Raises Undecryptable."""
    try:
        return _box(purpose).rotate(stored.encode()).decode()
    except InvalidToken as error:
        raise Undecryptable(purpose) from error
