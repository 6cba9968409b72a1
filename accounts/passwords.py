"""Password rules, and checking a password without telling whether the account exists."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from config.lib.errors import Detail, ValidationError

MAXIMUM = 128


class MaximumLengthValidator:
    """Refuses passwords longer than 128 characters, so that hashing one never costs more than it should."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > MAXIMUM:
            raise DjangoValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Use at most %(maximum)d characters.") % {"maximum": MAXIMUM}


def require_strong(password: str, *, user: User) -> None:
    """Raises ValidationError with one detail per rule of AUTH_PASSWORD_VALIDATORS that `password` breaks for `user`."""
    try:
        validate_password(password, user)
    except DjangoValidationError as error:
        details = [
            Detail("password", broken.code or "invalid", " ".join(broken.messages)) for broken in error.error_list
        ]
        raise ValidationError(details=details) from error


def matches(user: User | None, password: str) -> bool:
    """Whether this is the user's password. Costs one run of the hasher with or without a user."""
    if user is None:
        User().set_password(password)
        return False
    return user.check_password(password)
