"""What people can set, beside their profile: known keys, each with a type, a default and its words.

Each app registers its own in a `user_settings.py`, which is found as Django finds `admin.py`. Rows hold only what differs
from the default (accounts.models.UserSetting); what a row says that no setting of today understands is the default.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User, UserSetting
from config.lib.errors import Detail, NotFound, ValidationError

Words = str | Promise
Value = str | bool


@dataclass(frozen=True, kw_only=True)
class Setting(ABC):
    """`key` is what the API calls it: lower case with underscores, for ever."""

    key: str
    label: Words
    help: Words = ""
    default: Value

    @abstractmethod
    def takes(self, value: object) -> bool:
        """Whether it can be set to this."""

    def of(self, user: User) -> Value:
        """What this user has set. No query where the user was read with their settings (`chosen_by`), else one."""
        value = chosen(user).get(self.key, self.default)
        return value if self.takes(value) else self.default

    def require(self, value: object) -> None:
        """Raises ValidationError unless it can be set to this."""
        if not self.takes(value):
            message = _("This setting has no such value.")
            raise ValidationError(details=[Detail("value", "invalid_choice", message)])


@dataclass(frozen=True, kw_only=True)
class Choice(Setting):
    """One of several words; `choices` are value → its words."""

    choices: Mapping[str, Words]

    def takes(self, value: object) -> bool:
        return isinstance(value, str) and value in self.choices


@dataclass(frozen=True, kw_only=True)
class Switch(Setting):
    """On or off."""

    def takes(self, value: object) -> bool:
        return isinstance(value, bool)


_settings: dict[str, Setting] = {}


def register(*settings: Setting) -> None:
    """In the order in which people see them."""
    _settings.update({setting.key: setting for setting in settings})


def registered() -> Mapping[str, Setting]:
    """Key → setting, all of them."""
    return _settings


def setting_named(key: str) -> Setting:
    """Raises NotFound."""
    if key not in _settings:
        raise NotFound
    return _settings[key]


def chosen(user: User) -> Mapping[str, Any]:
    """Key → value of all that this user has set otherwise than it comes."""
    if user.chosen is None:
        user.chosen = dict(UserSetting.objects.filter(user=user).values_list("key", "value"))
    return user.chosen


THEME: Final = Choice(
    key="theme",
    label=_("Light or dark"),
    help=_("The pages of a night that is on are always dark."),
    default="system",
    choices={"system": _("As my device"), "light": _("Light"), "dark": _("Dark")},
)
MOTION: Final = Switch(
    key="motion",
    label=_("Let things move"),
    help=_("Off, a leaderboard changes in place, and nothing slides or blinks."),
    default=True,
)
register(THEME, MOTION)
