"""Body and answer of settings."""

from typing import Any, Final

from rest_framework import serializers

from accounts.models import User
from accounts.user_settings import Choice, Setting
from config.lib.api.serializers import Body

SETTING: Final = {
    "type": "object",
    "required": ["key", "label", "value", "default", "choices"],
    "properties": {
        "key": {"type": "string"},
        "label": {"type": "string", "description": "In words, in your language."},
        "value": {"type": ["string", "boolean"]},
        "default": {"type": ["string", "boolean"]},
        "choices": {
            "type": "array",
            "items": {"type": ["string", "boolean"]},
            "description": "The values it can be set to.",
        },
    },
}
SETTINGS: Final = {"type": "object", "description": "Key → setting.", "additionalProperties": SETTING}


class SettingBody(Body):
    value = serializers.JSONField(help_text="A string or a boolean, as the setting's `choices`")


def setting_answer(setting: Setting, user: User) -> dict[str, Any]:
    """As SETTING says."""
    return {
        "key": setting.key,
        "label": str(setting.label),
        "value": setting.of(user),
        "default": setting.default,
        "choices": list(setting.choices) if isinstance(setting, Choice) else [True, False],
    }
