"""What the page for developers shows: the limits in words for everybody, and the keys of whoever is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.api_keys import prefix_of
from accounts.models import ApiKey, User
from accounts.policies import has_verified_email
from config.lib.limits import limit_named

SHOWN: Final = 60  # living keys are far fewer; what is left are the newest that ended
_SOON: Final = timedelta(days=14)


class KeyState(StrEnum):
    """How a key stands today."""

    LIVING = "living"
    ENDING = "ending"  # within two weeks
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key in the list of its owner."""

    key: ApiKey
    prefix: str
    state: KeyState

    @property
    def works(self) -> bool:
        return self.state in {KeyState.LIVING, KeyState.ENDING}


@dataclass(frozen=True, slots=True)
class DeveloperPage:
    """`may_create` is None for visitors, and False until the e-mail address is confirmed. `origin` is where the API lives."""

    limits: list[tuple[str, str]]
    keys: list[KeyRow]
    may_create: bool | None
    origin: str = settings.PUBLIC_URL

    @property
    def living(self) -> int:
        return sum(row.works for row in self.keys)


def developer_page_of(user: User | None, *, now: datetime) -> DeveloperPage:
    """Two queries for somebody signed in, none for a visitor."""
    if user is None:
        return DeveloperPage(limits=_limits(), keys=[], may_create=None)
    mine = ApiKey.objects.filter(user=user).order_by("-id")[:SHOWN]
    rows = [KeyRow(key=key, prefix=prefix_of(key.public_id), state=_state_of(key, now=now)) for key in mine]
    rows.sort(key=lambda row: not row.works)  # what works first, each part newest first
    return DeveloperPage(limits=_limits(), keys=rows, may_create=has_verified_email(user))


def _state_of(key: ApiKey, *, now: datetime) -> KeyState:
    if key.revoked_at is not None:
        return KeyState.REVOKED
    if key.expires_at is None or key.expires_at > now + _SOON:
        return KeyState.LIVING
    return KeyState.ENDING if key.expires_at > now else KeyState.EXPIRED


def _limits() -> list[tuple[str, str]]:
    return [
        (_("Without signing in"), _words("anonymous")),
        (_("Signed in"), _words("user")),
        (_("With a key"), _words("key")),
    ]


def _words(name: str) -> str:
    number, seconds = limit_named(name)
    minutes = max(1, round(seconds / 60))
    said = ngettext("%(number)s requests in %(minutes)s minute", "%(number)s requests in %(minutes)s minutes", minutes)
    return said % {"number": number_format(number, force_grouping=True), "minutes": minutes}
