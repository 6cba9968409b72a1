"""Public ids: what a row is called outside the database (ADR 0002).

Rows have a BigAutoField key inside and an unguessable public id outside: Crockford's base 32 (no i, l, o, u), lower case,
from the operating system's randomness. 16 characters carry 80 bits.
"""

import secrets
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 16
_OF_BYTE = ALPHABET.encode() * 8  # 256 is a multiple of 32, so each letter stands for as many bytes as any other


def new_public_id(length: int = LENGTH) -> str:
    """A random id of `length` characters, five bits each."""
    return secrets.token_bytes(length).translate(_OF_BYTE).decode()


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
