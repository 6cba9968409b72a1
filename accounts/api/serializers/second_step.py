"""Body of the second step of a log-in."""

from rest_framework import serializers

from config.lib.api.serializers import Body


class SecondStepBody(Body):
    challenge = serializers.CharField(max_length=256, help_text="The `value` of the detail `challenge` of MFA_REQUIRED")
    code = serializers.CharField(max_length=32, help_text="Six digits of the app, or a recovery code")
