"""Body and answers of API keys."""

from typing import Any

from rest_framework import serializers

from accounts.api_keys import prefix_of
from accounts.models import ApiKey
from accounts.models.keys import NAME_LENGTH
from accounts.scopes import CATALOGUE
from accounts.services.keys import NewKey
from config.lib.api.serializers import Body


class KeyBody(Body):
    name = serializers.CharField(max_length=NAME_LENGTH, help_text="For you: where the key is used.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(tuple(CATALOGUE)), min_length=1, max_length=len(CATALOGUE)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="Without it: never.")


class KeySerializer(serializers.Serializer[ApiKey]):
    """A key, as its owner sees it: all but the key itself."""

    id = serializers.CharField(source="public_id")
    prefix = serializers.SerializerMethodField(help_text="What the key begins with, to tell it from the others.")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To five minutes.")
    revoked_at = serializers.DateTimeField(allow_null=True)

    def get_prefix(self, key: ApiKey) -> str:
        return prefix_of(key.public_id)


class NewKeySerializer(KeySerializer):
    """A key that was just made, with the key itself: this once."""

    key = serializers.CharField(help_text="Keep it: it is shown this once.")


def new_key_answer(new: NewKey) -> dict[str, Any]:
    """What the maker of a key is given."""
    return {**KeySerializer(new.key).data, "key": new.text}
