"""Bodies: a typo never passes silently."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class Body(serializers.Serializer[Any]):
    """The base of every input serializer: refuses fields it does not declare (`unknown_field`)."""

    default_error_messages = {"unknown_field": _("This field is not known here.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(set(data) - known):
                message = self.error_messages["unknown_field"]
                raise serializers.ValidationError({name: [message] for name in unknown}, code="unknown_field")
        return super().to_internal_value(data)


class MoneySerializer(serializers.Serializer[Any]):
    """Money as `{"amount": "12.50", "currency": "EUR"}`."""

    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    currency = serializers.RegexField(r"^[A-Z]{3}$")
