"""Bodies and answers of administration."""

from typing import Any, Final

from rest_framework import serializers

from accounts.broker import Queue, Tick, Worker
from accounts.job_sections import JobSection
from accounts.models import REASON_LENGTH, PlatformSetting, PlatformSettingChange, Role, User
from accounts.platform_settings import Setting
from config.lib.api.serializers import Body


class AdminUserSerializer(serializers.ModelSerializer[User]):
    """An account, as admins see it."""

    id = serializers.CharField(source="public_id")
    active = serializers.BooleanField(source="is_active")
    two_steps = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "email", "name", "role", "language", "phone", "active", "two_steps", "created_at", "last_login")

    def get_two_steps(self, user: User) -> bool:
        return user.second_factor_at is not None


class UserFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False, help_text="Part of the name, how the e-mail begins, a whole phone, or an id"
    )
    role = serializers.ChoiceField(required=False, choices=Role.choices)
    active = serializers.BooleanField(required=False, allow_null=True, default=None)
    two_steps = serializers.BooleanField(required=False, allow_null=True, default=None)


class ReasonBody(Body):
    reason = serializers.CharField(max_length=REASON_LENGTH)


class SuspendBody(ReasonBody):
    until = serializers.DateTimeField(required=False, allow_null=True, default=None, help_text="Without it, for good")


class RoleBody(ReasonBody):
    role = serializers.ChoiceField(choices=Role.choices)


class PlatformSettingBody(ReasonBody):
    value = serializers.JSONField(
        allow_null=True, help_text="As the setting's `kind`; null for what the environment says"
    )


class RevertBody(ReasonBody):
    version = serializers.IntegerField(min_value=0, help_text="0 for what the environment says")


PLATFORM_SETTING: Final = {
    "type": "object",
    "required": ["key", "kind", "label", "value", "default", "version"],
    "properties": {
        "key": {"type": "string"},
        "kind": {"type": "string", "enum": ["switch", "several", "spoken", "rate"]},
        "label": {"type": "string", "description": "In words, in your language."},
        "value": {"description": "What it is set to, or the default."},
        "default": {"description": "What the environment says."},
        "version": {"type": "integer", "description": "0: never set."},
    },
}


def platform_setting_answer(setting: Setting, row: PlatformSetting | None) -> dict[str, Any]:
    """As PLATFORM_SETTING says."""
    default = setting.default()
    return {
        "key": setting.key,
        "kind": setting.kind,
        "label": str(setting.label),
        "value": row.value if row is not None and row.value is not None else default,
        "default": default,
        "version": row.version if row else 0,
    }


class PlatformSettingChangeSerializer(serializers.ModelSerializer[PlatformSettingChange]):
    class Meta:
        model = PlatformSettingChange
        fields = ("version", "value", "reason", "at")


JOBS: Final = {
    "type": "object",
    "required": ["queues", "sections", "clock"],
    "properties": {
        "queues": {
            "type": ["array", "null"],
            "description": "null while Redis is away",
            "items": {"type": "object", "additionalProperties": True},
        },
        "sections": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
        "clock": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
    },
}
WORKERS: Final = {"type": "array", "items": {"type": "object", "additionalProperties": True}}


def queue_answer(queue: Queue) -> dict[str, Any]:
    return {"name": queue.name, "length": queue.length, "oldest": queue.oldest}


def worker_answer(worker: Worker) -> dict[str, Any]:
    return {"name": worker.name, "running": list(worker.running), "reserved": worker.reserved}


def tick_answer(tick: Tick) -> dict[str, Any]:
    return {"name": tick.name, "task": tick.task, "last": tick.last, "next": tick.following, "state": tick.state}


def section_answer(section: JobSection, now: Any) -> dict[str, Any]:
    """Counts and what is stuck, in words."""
    return {
        "key": section.key,
        "title": str(section.title),
        "counts": [
            {"words": str(each.words), "number": each.number, "oldest": each.oldest} for each in section.counts(now)
        ],
        "stuck": [
            {
                "id": each.public_id,
                "what": str(each.what),
                "why": str(each.why),
                "since": each.since,
                "can_redrive": each.can_redrive,
            }
            for each in section.stuck(now)
        ],
    }
