"""Where "Saved." waits until the next page shows it: Django's own way, in a cookie named as all of ours are."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}messages"


class Messages(FallbackStorage):
    """In the cookie, or in the session when they do not fit."""

    storage_classes = (NamedCookie, SessionStorage)
