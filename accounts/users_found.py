"""Finding accounts by what somebody knows of them."""

import re
from typing import Final

from django.db.models import Q, QuerySet

from accounts.models import User
from config.lib.phone_numbers import e164
from config.lib.public_ids import ALPHABET, LENGTH

_PHONE: Final = re.compile(r"\+?[\d\s()./-]{6,}")
_PUBLIC_ID: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def found(users: "QuerySet[User]", text: str) -> "QuerySet[User]":
    """Those of `users` whose name contains the text, whose e-mail begins with it, or whose phone or public id it is.

    Each of the four has an index; what cannot be an e-mail, a phone or an id is not looked for as one.
    """
    text = text.strip()
    if not text or "\0" in text:
        return users if not text else users.none()
    if "@" in text:
        return users.filter(email__startswith=text.lower())
    if _PHONE.fullmatch(text) and not _PUBLIC_ID.fullmatch(text):
        return users.filter(phone=e164(text) or text)
    asked = Q(name__icontains=text) | Q(email__startswith=text.lower())
    if _PUBLIC_ID.fullmatch(text):
        asked |= Q(public_id=text)
    return users.filter(asked)
