"""Fields for what people can set."""

from typing import Any, Final

from django import forms

from accounts.models import User
from accounts.user_settings import Choice, Setting, Value, registered

_PREFIX: Final = "set_"


def setting_fields(user: User) -> dict[str, forms.Field]:
    """Name → field of every known setting, as it is set now."""
    return {f"{_PREFIX}{key}": _field(setting, setting.of(user)) for key, setting in registered().items()}


def _field(setting: Setting, value: Value) -> forms.Field:
    words: dict[str, Any] = {"label": setting.label, "help_text": setting.help, "initial": value, "required": False}
    if isinstance(setting, Choice):
        return forms.ChoiceField(**words, choices=list(setting.choices.items()), widget=forms.RadioSelect)
    return forms.BooleanField(**words)


def set_values(cleaned: dict[str, Any]) -> dict[str, Value]:
    """Key → value, of a valid form that has these fields; without choices that nobody made."""
    return {
        name.removeprefix(_PREFIX): value for name, value in cleaned.items() if name.startswith(_PREFIX) and value != ""
    }
