"""Body and answer of the profile."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.uploads import URLS, urls_of
from accounts.models import Language, Role, UploadKind, User
from accounts.policies import has_verified_email
from config.lib.api.serializers import Body


class ProfileBody(Body):
    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    language = serializers.ChoiceField(Language.choices, required=False)
    time_zone = serializers.CharField(max_length=64, required=False, help_text="IANA name, for example Europe/Madrid")
    phone = serializers.CharField(
        max_length=32, required=False, allow_blank=True, help_text="With its country: +12025550123. Unverified when new"
    )
    avatar = serializers.CharField(
        max_length=16,
        required=False,
        allow_null=True,
        help_text="The id of an upload of the kind `avatar`; null for none",
    )

    def validate_avatar(self, value: str | None) -> str:
        return value or ""


class AvatarSerializer(serializers.Serializer[User]):
    """A face in its sizes."""

    id = serializers.CharField(source="avatar_id")
    urls = serializers.SerializerMethodField()

    @extend_schema_field(URLS)
    def get_urls(self, user: User) -> dict[str, str]:
        return urls_of(user.avatar_id or "", UploadKind.AVATAR)


class ProfileSerializer(serializers.Serializer[User]):
    """An account, as its owner sees it."""

    id = serializers.CharField(source="public_id")
    email = serializers.EmailField()
    email_verified = serializers.SerializerMethodField()
    role = serializers.ChoiceField(Role.choices)
    name = serializers.CharField()
    language = serializers.ChoiceField(Language.choices)
    time_zone = serializers.CharField()
    phone = serializers.CharField()
    phone_verified = serializers.SerializerMethodField()
    avatar = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    def get_email_verified(self, user: User) -> bool:
        return has_verified_email(user)

    def get_phone_verified(self, user: User) -> bool:
        return user.phone_verified_at is not None

    @extend_schema_field(AvatarSerializer(allow_null=True))
    def get_avatar(self, user: User) -> Any:
        return AvatarSerializer(user).data if user.avatar_id else None
