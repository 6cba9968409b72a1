"""Body and answer of verifying a phone."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.services.phones import DIGITS, CodeSent
from config.lib.api.serializers import Body


class PhoneVerifyBody(Body):
    """Either nothing or `phone`, to be sent a code; or `code`, to confirm."""

    phone = serializers.CharField(
        max_length=32, required=False, help_text="With its country; the profile's if left out"
    )
    code = serializers.RegexField(rf"^\s*\d{{{DIGITS}}}\s*$", required=False, help_text="The six digits we texted")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if {"phone", "code"} <= attrs.keys():
            raise serializers.ValidationError({"phone": [_("Send a phone or a code, not both.")]}, code="one_of_two")
        return attrs


class CodeSentSerializer(serializers.Serializer[CodeSent]):
    """A code is on its way."""

    phone = serializers.CharField()
    expires_at = serializers.DateTimeField()
