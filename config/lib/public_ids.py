"""Public ids: what a row is called outside the database (ADR 0002).

Rows have a BigAutoField key inside and an unguessable public id outside: Crockford's base 32 (no i, l, o, u), lower case,
from the operating system's randomness. 16 characters carry 80 bits.
"""

import base64
import secrets
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 16
_FROM_RFC4648 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())


def new_public_id(length: int = LENGTH) -> str:
    """A random id of `length` characters, five bits each."""
    random_bytes = secrets.token_bytes(-(-length * 5 // 8))
    return base64.b32encode(random_bytes).translate(_FROM_RFC4648)[:length].decode()


if TYPE_CHECKING:
    _TextField = models.CharField[str, str]
else:
    _TextField = models.CharField  # generic only to the type checker


class PublicIdField(_TextField):
    """A unique random id, set once when the row is made."""

    def __init__(self, *args: Any, length: int = LENGTH, **kwargs: Any) -> None:
        self.length = length
        kwargs.update(max_length=length, unique=True, editable=False, default=partial(new_public_id, length))
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("max_length", "unique", "editable", "default"):
            kwargs.pop(implied, None)
        return name, path, args, {**kwargs, "length": self.length}

    def db_type(self, connection: Any) -> str:
        # Spelled out, because Django adds a second index for LIKE to every unique column whose type begins with "varchar".
        return f"character varying({self.length})"
