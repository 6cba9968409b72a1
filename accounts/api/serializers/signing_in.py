"""Bodies and answers of sign-up, log-in and tokens."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.profile import ProfileSerializer
from accounts.models import Language, Role
from accounts.passwords import MAXIMUM
from accounts.policies import SIGN_UP_CHOICES
from accounts.services.clients import SignedIn
from config.lib.api.serializers import Body


def password_field(**more: Any) -> serializers.CharField:
    """As it was typed, spaces and all."""
    return serializers.CharField(max_length=MAXIMUM, trim_whitespace=False, write_only=True, **more)


class LogInBody(Body):
    email = serializers.EmailField(max_length=254)
    password = password_field()


class SignUpBody(LogInBody):
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")
    role = serializers.ChoiceField(SIGN_UP_CHOICES, default=Role.FAN.value)
    language = serializers.ChoiceField(Language.choices, required=False, help_text="The request's language if left out")
    time_zone = serializers.CharField(max_length=64, default="UTC", help_text="IANA name, for example Europe/Madrid")


class RefreshBody(Body):
    refresh = serializers.CharField(max_length=2_048)


class LogOutBody(Body):
    refresh = serializers.CharField(max_length=2_048, required=False)


class SignedInSerializer(serializers.Serializer[SignedIn]):
    """Tokens of a client, and whose they are. `expires_in` is the life of `access` in seconds."""

    access = serializers.CharField(source="tokens.access")
    refresh = serializers.CharField(source="tokens.refresh")
    expires_in = serializers.IntegerField(source="tokens.expires_in")
    user = ProfileSerializer()


def signed_in_answer(signed: SignedIn) -> Any:
    return SignedInSerializer(signed).data
