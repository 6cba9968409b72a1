"""Changing a password."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Ended, RefreshFamily, User
from accounts.passwords import require_strong


@transaction.atomic
def set_password(*, actor: Actor, user: User, password: str, now: datetime) -> None:
    """Give `user` another password and end every mobile client; browser sessions end by their own password hash.

    Whoever calls this has checked that the actor may: by the old password, or by a link sent to the user's address. A log-in
    with the old password at the same moment either waits for this and fails, or is ended by it. Raises ValidationError.
    """
    require_strong(password, user=user)
    user.set_password(password)
    user.save(update_fields=["password"])
    ended = RefreshFamily.objects.filter(user=user).end(because=Ended.PASSWORD_CHANGED, now=now)
    record(actor=actor, action="user.set_password", subject=user, now=now, clients=ended)
