"""Filters and answers of the analytics events."""

from typing import Any

from rest_framework import serializers

from accounts.models import AnalyticsEvent, AnalyticsKind


class AnalyticsFilters(serializers.Serializer[Any]):
    """What the list can be narrowed to; what is validated is as Django asks the table."""

    to = serializers.DateTimeField(source="at__lt", required=False, help_text="Before this time")
    kind = serializers.ChoiceField(AnalyticsKind.choices, required=False)
    entity = serializers.CharField(max_length=64, required=False, help_text='As the answer has it: "event:<id>"')

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With `from`, which no attribute of Python can be called."""
        since = serializers.DateTimeField(source="at__gte", required=False, help_text="At this time or later")
        return {**super().get_fields(), "from": since}


class AnalyticsEventSerializer(serializers.Serializer[AnalyticsEvent]):
    """One thing that happened. `visitor` is the same for one browser for one day, "" for those who ask not to be counted."""

    id = serializers.CharField()
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(AnalyticsKind.choices)
    entity = serializers.CharField(help_text='What it was about: "event:<id>", "artist:<id>" or ""')
    visitor = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With `data`, which a serializer calls its own answer."""
        return {**super().get_fields(), "data": serializers.DictField(child=serializers.JSONField())}
