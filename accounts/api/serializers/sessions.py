"""Answer of the list of sign-ins."""

from rest_framework import serializers

from accounts.actors import here_of
from accounts.devices import device_of
from accounts.models import SignIn, Through


class SessionSerializer(serializers.Serializer[SignIn]):
    """A browser or an app that the account is signed in with."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(Through.choices)
    current = serializers.SerializerMethodField(help_text="Whether this request is signed in with it")
    device = serializers.SerializerMethodField(help_text="In words: Firefox on Android")
    address = serializers.IPAddressField(allow_null=True)
    user_agent = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(help_text="To within five minutes")
    expires_at = serializers.DateTimeField(source="alive_until", help_text="If it is not used again")

    def get_current(self, row: SignIn) -> bool:
        return row.public_id == here_of(self.context["request"]).public_id

    def get_device(self, row: SignIn) -> str:
        return str(device_of(row.user_agent))
