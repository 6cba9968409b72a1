"""Body and answer of which kinds of message come."""

from typing import Any, Final

from rest_framework import serializers

from config.lib.api.serializers import Body
from messaging.kind_choices import KindChoice

KIND: Final = {
    "type": "object",
    "required": ["label", "channels", "fixed"],
    "properties": {
        "label": {"type": "string", "description": "In words, in your language."},
        "channels": {
            "type": "object",
            "description": "Channel → whether it comes by it.",
            "additionalProperties": {"type": "boolean"},
        },
        "fixed": {"type": "boolean", "description": "It always comes."},
    },
}
KINDS: Final = {"type": "object", "description": "Kind → where it comes.", "additionalProperties": KIND}


class KindChoiceBody(Body):
    on = serializers.BooleanField()


def kinds_answer(choices: list[KindChoice]) -> dict[str, dict[str, Any]]:
    """As KINDS says."""
    return {
        choice.kind: {
            "label": str(choice.words),
            "channels": {channel.value: is_on for channel, is_on in choice.channels.items()},
            "fixed": choice.is_fixed,
        }
        for choice in choices
    }
