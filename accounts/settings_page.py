"""The console's page of what holds for the whole platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import PlatformSetting, PlatformSettingChange
from accounts.platform_settings import Rate, Setting, Several, Spoken, Switch, Words, registered
from config.lib.languages import own_names
from config.lib.numerals import written


@dataclass(frozen=True, slots=True)
class Line:
    """One setting: what it is set to, in words; `version` 0 was never set."""

    setting: Setting
    value: str
    default: str
    is_set: bool
    version: int
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing it was set to before."""

    version: int
    value: str
    reason: str
    at: datetime
    by: str


def in_words(setting: Setting, value: Any) -> str:
    """A value of the setting as people read it."""
    if isinstance(setting, Switch):
        return _("On") if value else _("Off")
    if isinstance(setting, Several):
        return ", ".join(str(setting.choices.get(each, each)) for each in value) or _("None")
    if isinstance(setting, Spoken):
        names = own_names()
        return " · ".join(f"{names.get(code, code)}: {words}" for code, words in value.items() if words) or _("None")
    assert isinstance(setting, Rate)
    return _("%(requests)s in %(seconds)s s") % {
        "requests": written(value["requests"]),
        "seconds": written(value["seconds"]),
    }


def lines() -> Sequence[tuple[Words, list[Line]]]:
    """Every setting, by group, in one query: as it is stored, which this process may know a second later."""
    rows = {row.key: row for row in PlatformSetting.objects.all()}
    groups: dict[str, list[Line]] = {}
    for key, setting in registered().items():
        groups.setdefault(str(setting.group), []).append(line_of(setting, rows.get(key)))
    return list(groups.items())


def line_of(setting: Setting, row: PlatformSetting | None) -> Line:
    """One of them."""
    default, is_set = setting.default(), row is not None and row.value is not None
    value = row.value if row is not None and row.value is not None else default
    return Line(
        setting=setting,
        value=in_words(setting, value),
        default=in_words(setting, default),
        is_set=is_set,
        version=row.version if row else 0,
        changed_at=row.changed_at if row and row.version else None,
    )


def changes_of(setting: Setting) -> list[Change]:
    """What it was set to, the newest first."""
    found = PlatformSettingChange.objects.filter(setting__key=setting.key).select_related("entry__person__user")
    return [_change(setting, each) for each in found.order_by("-version")[:50]]


def _change(setting: Setting, change: PlatformSettingChange) -> Change:
    person = getattr(change.entry, "person", None)
    by = person.user.known_as if person and person.user else ""
    value = _("As the environment says") if change.value is None else in_words(setting, change.value)
    return Change(change.version, value, change.reason, change.at, by)
