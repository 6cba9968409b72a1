"""Changing a password."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Here, Impersonated
from accounts.audit import record
from accounts.models import Ended, User
from accounts.passwords import require_strong
from accounts.services.proving import prove_again
from accounts.services.sessions import NOTHING, end_everything
from accounts.services.unlocking import open_after_commit
from config.lib.errors import Detail, InvalidCredentials, ValidationError


def set_password(*, actor: Actor, user: User, password: str, now: datetime, keep: Here = NOTHING) -> None:
    """Give `user` another password and sign them out of everything but what `keep` names. An account that was locked is open
    again. An e-mail address that waited to replace the present one does so no more: whoever had the old password may have
    asked for it.

    Whoever calls this has checked that the actor may: by the old password, or by a link sent to the user's address. A log-in
    with the old password at the same moment either waits for this and fails, or is ended by it. Raises ValidationError, and
    Impersonated.
    """
    if actor.impersonator is not None:
        raise Impersonated
    require_strong(password, user=user)  # may ask the list of breached passwords, so before the transaction
    _store(actor=actor, user=user, password=password, now=now, keep=keep)


@transaction.atomic
def _store(*, actor: Actor, user: User, password: str, now: datetime, keep: Here) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email).delete()
    gone = end_everything(user=user, because=Ended.PASSWORD_CHANGED, now=now, keep=keep)
    facts = {"sessions": gone.sessions, "clients": gone.clients}
    record(actor=actor, action="user.set_password", subject=user, now=now, **facts)
    open_after_commit(user=user)


def change_password(*, actor: Actor, old: str, password: str, now: datetime, keep: Here = NOTHING) -> User:
    """`set_password` by the signed-in user, who knows the present one. Returns the user, whose other sessions have ended.

    Raises ValidationError for either password, and what `prove_again` raises.
    """
    try:
        user = prove_again(actor=actor, password=old, now=now)
    except InvalidCredentials as error:
        raise ValidationError(
            details=[Detail("old_password", "wrong_password", _("This is not your password."))]
        ) from error
    set_password(actor=actor, user=user, password=password, now=now, keep=keep)
    return user
