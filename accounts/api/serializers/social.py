"""What a client sends of a provider."""

from typing import Any

from rest_framework import serializers

from accounts.models import Language, Role
from accounts.policies import SIGN_UP_CHOICES
from config.lib.api.serializers import Body


class SocialBody(Body):
    id_token = serializers.CharField(max_length=8_192, required=False, help_text="Of Google and Apple (OpenID Connect)")
    nonce = serializers.CharField(
        max_length=255,
        required=False,
        allow_blank=True,
        default="",
        help_text="What the id_token was asked with, if with any",
    )
    code = serializers.CharField(max_length=2_048, required=False, help_text="Of Spotify: the authorization code")
    code_verifier = serializers.CharField(
        max_length=128, required=False, allow_blank=True, default="", help_text="PKCE, RFC 7636"
    )
    redirect_uri = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", help_text="The one the code was asked with"
    )
    email = serializers.EmailField(
        max_length=254, required=False, help_text="For a new account, if the provider tells none"
    )
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")
    role = serializers.ChoiceField(SIGN_UP_CHOICES, default=Role.FAN.value)
    language = serializers.ChoiceField(Language.choices, required=False, help_text="The request's language if left out")
    time_zone = serializers.CharField(max_length=64, default="UTC", help_text="IANA name, for example Europe/Madrid")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each provider proves in its own way."""
        proof = "code" if self.context["provider"] == "spotify" else "id_token"
        if not attrs.get(proof):
            raise serializers.ValidationError({proof: self.fields[proof].error_messages["required"]}, code="required")
        return attrs
