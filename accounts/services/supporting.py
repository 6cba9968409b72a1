"""What an admin does for somebody who cannot get into their account."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import User
from accounts.policies import require_admin
from accounts.services.resetting import ask_for_reset
from accounts.services.unlocking import open_lock
from config.lib.errors import Refusal


class NothingToConfirm(Refusal):
    message = _("The e-mail address of this account is confirmed.")


class NotActive(Refusal):
    message = _("This account is not active.")


def send_reset(*, actor: Actor, user: User, now: datetime) -> None:
    """Send the link that sets a new password. Beyond a few an hour none goes out: those in the last mails still work.

    Raises AuthRequired, Impersonated, Forbidden, NotActive, and Unavailable while nothing can be counted.
    """
    require_admin(actor)
    if not user.is_active:
        raise NotActive
    with transaction.atomic():
        ask_for_reset(email=user.email)
        record(actor=actor, action="user.send_reset", subject=user, now=now)


def send_verification(*, actor: Actor, user: User, now: datetime) -> None:
    """Send the link that confirms the address once more.

    Raises AuthRequired, Impersonated, Forbidden, NotActive, NothingToConfirm.
    """
    require_admin(actor)
    if not user.is_active:
        raise NotActive
    waiting = EmailAddress.objects.filter(user=user, verified=False).order_by("pk").last()
    if waiting is None:
        raise NothingToConfirm
    with transaction.atomic():
        waiting.send_confirmation(signup=False)
        record(actor=actor, action="user.send_verification", subject=user, now=now)


def unlock_for(*, actor: Actor, user: User, now: datetime) -> bool:
    """Open an account that is locked after too many wrong passwords; whether there was anything to open.

    Raises AuthRequired, Impersonated, Forbidden, and Unavailable while Redis is away.
    """
    require_admin(actor)
    opened = open_lock(user)
    with transaction.atomic():
        record(actor=actor, action="user.unlock_for", subject=user, now=now)
    return opened
