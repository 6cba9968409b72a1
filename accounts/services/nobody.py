"""Whose things are whose owner was forgotten: one account nobody can sign in to."""

from typing import Final

from accounts.models import User

_ADDRESS: Final = "nobody@fanfare.invalid"  # RFC 2606: no mail reaches it, and nobody can confirm it


def nobody() -> User:
    """The account, made when it is first needed."""
    user, is_new = User.objects.get_or_create(email=_ADDRESS, defaults={"is_active": False})
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
