"""Bodies of the addresses about passwords and e-mail addresses."""

from rest_framework import serializers

from accounts.api.serializers.signing_in import password_field
from config.lib.api.serializers import Body

_KEY_LENGTH = 255


class ResetBody(Body):
    email = serializers.EmailField(max_length=254)


class NewPasswordBody(Body):
    key = serializers.CharField(max_length=_KEY_LENGTH, help_text="What follows /key/ in the link that was mailed")
    password = password_field()


class ChangePasswordBody(Body):
    old_password = password_field()
    password = password_field()


class ConfirmEmailBody(Body):
    key = serializers.CharField(max_length=_KEY_LENGTH, help_text="What follows /confirm-email/ in the link")


class ChangeEmailBody(Body):
    email = serializers.EmailField(max_length=254)
    password = password_field(
        required=False, allow_blank=True, default="", help_text="Not needed by an account that has none"
    )
