"""What an admin can set for the whole platform while it runs: known keys, each with a type, a default and its words.

The default is what the environment says (config/settings.py). Each process keeps a copy of the rows in memory: `value` reads
the copy and asks nobody, so that limits and gates may ask at every request. Web processes read the rows anew every second on a
connection of their own (`part`); workers before each task, if their copy is older (`keep_fresh`). So a change holds
everywhere within two seconds, and while the database is away the last copy does.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, ClassVar, Final

import structlog
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, PlatformSetting, Role
from config.lib import limits
from config.lib.errors import Detail, NotFound, Unavailable, ValidationError
from config.lib.raw_connection import RawConnection

Words = str | Promise
Value = bool | str | list[str] | dict[str, str] | dict[str, int]

EVERY_SECONDS: Final = 1.0
LONGEST_NOTICE: Final = 300
_OPERATION, _ACCESS, _LIMITS = _("Operation"), _("Accounts and access"), _("Limits")
_MOST: Final = 1_000_000_000
_ROWS: Final = "SELECT key, value::text FROM accounts_platformsetting WHERE value IS NOT NULL"

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Setting(ABC):
    """`key` is what the API calls it, for ever. `default` is asked each time, for it stands in the environment's settings."""

    kind: ClassVar[str]
    key: str
    group: Words
    label: Words
    help: Words = ""
    default: Callable[[], Any]

    @abstractmethod
    def takes(self, value: object) -> bool:
        """Whether it can be set to this."""

    def value(self) -> Any:
        """What it is set to, as this process knows it. Asks nobody."""
        stored = _copy.values.get(self.key)
        return stored if stored is not None and self.takes(stored) else self.default()

    def require(self, value: object) -> None:
        """Raises ValidationError unless it can be set to this."""
        if not self.takes(value):
            raise ValidationError(details=[Detail("value", "invalid", _("This setting cannot be set to that."))])


@dataclass(frozen=True, kw_only=True)
class Switch(Setting):
    """On or off."""

    kind = "switch"
    default: Callable[[], bool]

    def takes(self, value: object) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True, kw_only=True)
class Several(Setting):
    """Any number of several words; `choices` are value → its words."""

    kind = "several"
    default: Callable[[], Sequence[str]]
    choices: Mapping[str, Words]

    def takes(self, value: object) -> bool:
        return isinstance(value, list) and all(each in self.choices for each in value) and len(set(value)) == len(value)


@dataclass(frozen=True, kw_only=True)
class Spoken(Setting):
    """A sentence in each language; without any it is not said."""

    kind = "spoken"
    default: Callable[[], Mapping[str, str]]

    def takes(self, value: object) -> bool:
        return isinstance(value, dict) and all(
            language in Language.values and isinstance(words, str) and len(words) <= LONGEST_NOTICE
            for language, words in value.items()
        )

    def said(self) -> str:
        """In the language of the moment, else in any it was written in; "" where there is nothing to say."""
        words: Mapping[str, str] = self.value()
        return words.get(get_language() or "", "") or next(filter(None, words.values()), "")


@dataclass(frozen=True, kw_only=True)
class Rate(Setting):
    """So many requests in so many seconds: one of LIMITS."""

    kind = "rate"
    name: str
    default: Callable[[], Mapping[str, int]]

    def takes(self, value: object) -> bool:
        return (
            isinstance(value, dict)
            and set(value) == {"requests", "seconds"}
            and all(type(each) is int and 1 <= each <= _MOST for each in value.values())
        )


def _rate(name: str, label: Words) -> Rate:
    def of_the_environment() -> Mapping[str, int]:
        requests, seconds = settings.LIMITS[name]
        return {"requests": requests, "seconds": seconds}

    return Rate(key=f"limit_{name}", name=name, group=_LIMITS, label=label, default=of_the_environment)


# --- which there are, in the order in which people see them ---

SENDING: Final = Switch(
    key="sending",
    group=_OPERATION,
    label=_("Send messages"),
    help=_("Off, nothing is sent to anybody. What is due waits, and goes once this is on again."),
    default=lambda: settings.SENDING_ENABLED,
)
NOTICE: Final = Spoken(
    key="maintenance_notice",
    group=_OPERATION,
    label=_("Notice on every page"),
    help=_(
        "For example that the site will be away tonight. Empty: none. A language without words of its own shows another's."
    ),
    default=dict,
)
SIGN_UP: Final = Switch(
    key="sign_up",
    group=_ACCESS,
    label=_("Let people make accounts"),
    help=_("Off, nobody new can sign up. Whoever has an account signs in as before."),
    default=lambda: True,
)
MFA_ROLES: Final = Several(
    key="mfa_required_roles",
    group=_ACCESS,
    label=_("Roles that work with two-step sign-in alone"),
    help=_("Without it such an account can do what a fan can, until it is set up."),
    choices=dict(Role.choices),
    default=lambda: sorted(settings.MFA_REQUIRED_ROLES),
)
TELL_OF_LOOKS: Final = Switch(
    key="tell_of_impersonation",
    group=_ACCESS,
    label=_("Tell people when an admin looks as them"),
    help=_("By mail, when it begins. It is in the audit either way."),
    default=lambda: True,
)
RATES: Final = (
    _rate("anonymous", _("API: requests of an address that is not signed in")),
    _rate("user", _("API: requests of an account")),
    _rate("key", _("API: requests of a key")),
    _rate("sign_in", _("Attempts to sign in, per address")),
    _rate("sign_up", _("New accounts, per address")),
    _rate("page_address", _("Pages, per address: a whole room may share one")),
    _rate("page_visitor", _("Pages, per visitor")),
    _rate("search", _("Searches, per address")),
    _rate("room", _("What a whole room does at once, per event")),
)

_settings: Final[Mapping[str, Setting]] = {
    setting.key: setting for setting in (SENDING, NOTICE, SIGN_UP, MFA_ROLES, TELL_OF_LOOKS, *RATES)
}


def registered() -> Mapping[str, Setting]:
    """Key → setting, all of them."""
    return _settings


def setting_named(key: str) -> Setting:
    """Raises NotFound."""
    if key not in _settings:
        raise NotFound
    return _settings[key]


# --- this process's copy of what is stored ---


@dataclass(slots=True)
class _Copy:
    values: Mapping[str, Any] = field(default_factory=dict)
    read_at: float | None = None


_copy: Final = _Copy()


def _take(rows: Mapping[str, Any]) -> None:
    """From now on this is what is stored. Limits are told, for what counts them knows no settings."""
    _copy.values, _copy.read_at = dict(rows), monotonic()
    limits.replace(
        {rate.name: (rate.value()["requests"], rate.value()["seconds"]) for rate in RATES if rate.key in rows}
    )


def refresh() -> None:
    """Read what is stored, by one query of the caller's connection."""
    _take(dict(PlatformSetting.objects.filter(value__isnull=False).values_list("key", "value")))


def keep_fresh() -> None:
    """`refresh`, unless this process has read them within the last second: for workers, before they act on them."""
    if _copy.read_at is None or monotonic() - _copy.read_at >= EVERY_SECONDS:
        refresh()


def forget() -> None:
    """As a process that has read nothing yet."""
    _take({})
    _copy.read_at = None


@asynccontextmanager
async def part() -> AsyncIterator[None]:
    """Keeps a web process's copy fresh, from before its first request until its end (see config/lib/lifespan.py)."""
    connect, stopping = RawConnection("platform settings"), asyncio.Event()
    await _read(connect)
    reading = asyncio.create_task(_until(stopping, connect))
    try:
        yield
    finally:
        stopping.set()
        await reading
        await connect.close()


async def _until(stopping: asyncio.Event, connect: RawConnection) -> None:
    while not stopping.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY_SECONDS):
                await stopping.wait()
        await _read(connect)


async def _read(connect: RawConnection) -> None:
    """Whatever is wrong, the last copy holds, and the next second is another try."""
    try:
        async with connect() as connection:
            rows = await (await connection.execute(_ROWS)).fetchall()
    except Unavailable:
        return
    except Exception:
        logger.exception("accounts.platform_settings_unread")
        return
    _take({key: json.loads(text) for key, text in rows})
