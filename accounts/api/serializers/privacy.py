"""Bodies and answers of export and erasure."""

from rest_framework import serializers

from accounts.models import Erasure, Export, ExportState
from accounts.passwords import MAXIMUM
from config.lib.api.serializers import Body


class ExportSerializer(serializers.Serializer[Export]):
    """A copy of what is held about a person. `done` of `sections` are written; the file can be fetched while `ready`."""

    id = serializers.CharField(source="public_id")
    status = serializers.ChoiceField(ExportState.choices, source="state")
    sections = serializers.IntegerField()
    done = serializers.IntegerField()
    rows = serializers.IntegerField()
    size = serializers.IntegerField(help_text="In bytes")
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class EraseBody(Body):
    password = serializers.CharField(
        max_length=MAXIMUM,
        trim_whitespace=False,
        write_only=True,
        required=False,
        allow_blank=True,
        default="",
        help_text="Not needed within minutes of having signed in again",
    )


class ErasureSerializer(serializers.Serializer[Erasure]):
    """How far it is: `done` of `steps`. It says nothing about whom."""

    id = serializers.CharField(source="public_id")
    status = serializers.SerializerMethodField()
    steps = serializers.IntegerField()
    done = serializers.IntegerField()
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_status(self, erasure: Erasure) -> str:
        return "done" if erasure.finished_at else "running"
