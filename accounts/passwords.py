"""Password rules beyond Django's own."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAXIMUM = 128


class MaximumLengthValidator:
    """Refuses passwords longer than 128 characters, so that hashing one never costs more than it should."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > MAXIMUM:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Use at most %(maximum)d characters.") % {"maximum": MAXIMUM}
