"""Passwords that are known from breaches are nobody's.

Pwned Passwords is asked by its range API: it is sent the first five of the 40 characters of the password's SHA-1, and answers
with all that begin so, padded to about one length (k-anonymity, https://haveibeenpwned.com/API/v3#PwnedPasswords).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import httpx
import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from pwned_passwords_django.api import PwnedPasswords
from pwned_passwords_django.exceptions import PwnedPasswordsError

logger = structlog.get_logger(__name__)

_RANGES_KEPT: Final = 64  # of about 40 kB each, so that a form and the service behind it ask once


class BreachList(PwnedPasswords):  # type: ignore[misc]  # the library's types are not published
    """The library's client, asking where the settings say. It remembers for a while what it was told about a range."""

    def __init__(self) -> None:
        super().__init__()
        self.api_endpoint = settings.BREACHED_PASSWORDS_URL
        self._asked_once: Callable[[str], httpx.Response] = lru_cache(_RANGES_KEPT)(super()._request)

    def _request(self, prefix: str) -> httpx.Response:
        return self._asked_once(prefix)


class BreachedPasswordValidator:
    """Refuses a password that is on the list. While nobody can be asked in time it refuses none: the other rules stand."""

    def __init__(self) -> None:
        self._list = BreachList()

    @sensitive_variables()
    def validate(self, password: str, user: object = None) -> None:
        try:
            found = self._list.check_password(password)
        except PwnedPasswordsError as error:
            logger.warning("accounts.breach_list_away", reason=error.code.value)
            return
        if found:
            words = _("This password is known from a breach elsewhere. Choose another one, there as well.")
            raise ValidationError(words, code="password_breached")

    def get_help_text(self) -> str:
        return _("Use a password that is not known from a breach.")
