"""How accounts texts somebody. What sends is messaging's; accounts, below it, knows this interface (`TEXT_BACKEND`)."""

from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Refusal


class PhoneOptedOut(Refusal):
    status = 409
    message = _("This phone texted STOP, so we may not text it. Text START to our number from it, then try again.")


class PhoneNotReached(Refusal):
    status = 409
    message = _("Our texts do not reach this phone. Check the number, or use another one.")


class TextBackend(Protocol):
    """What the class named by `TEXT_BACKEND` can do."""

    def text_secret(
        self, *, phone: str, text: str, purpose_key: str, language: str, expires_at: datetime, now: datetime
    ) -> None:
        """Queue a text to `phone` (E.164) in the caller's transaction, ahead of all others, and keep nobody else able to
        read it. `purpose_key` names the one reason it exists; after `expires_at` it is not sent any more.

        Raises PhoneOptedOut, PhoneNotReached, and Unavailable where no text can leave.
        """


def text_backend() -> TextBackend:
    """The one of the settings."""
    backend: TextBackend = import_string(settings.TEXT_BACKEND)()
    return backend
