"""Giving people roles. There is always an admin who can sign in."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Role, User
from accounts.policies import require_admin
from accounts.services.notices import notify
from config.lib.errors import Detail, Refusal, ValidationError


class NotYourself(Refusal):
    message = _("This is your own account. Somebody else has to do this.")


class LastAdmin(Refusal):
    message = _("There has to be an admin. Give the role to somebody else first.")


def keep_an_admin(*, without: User) -> None:
    """Raises LastAdmin if nobody else would be one. Holds the rows of all admins for the caller's transaction, in the order of
    their ids: of two who take the role from each other at once, the second waits and then sees what the first has done.
    """
    admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).order_by("pk")
    left = [admin.pk for admin in admins]
    if without.pk in left and len(left) == 1:
        raise LastAdmin


@transaction.atomic
def change_role(*, actor: Actor, user: User, role: str, why: str, now: datetime) -> User:
    """Give somebody another role, which holds from their next request on; they are told. Returns the user as stored.

    Raises AuthRequired, Impersonated, Forbidden, ValidationError, NotYourself, LastAdmin.
    """
    require_admin(actor)
    if role not in Role.values:
        raise ValidationError(details=[Detail("role", "invalid_choice", _("There is no such role."))])
    if actor.user == user:
        raise NotYourself
    if role != Role.ADMIN:
        keep_an_admin(without=user)
    if User.objects.filter(pk=user.pk).exclude(role=role).update(role=role, version=F("version") + 1):
        facts = {"role": role, "before": user.role}
        record(actor=actor.because(why), action="user.change_role", subject=user, now=now, **facts)
        notify(actor=actor, user=user, template="role_changed", now=now, role=Role(role).label)
    return User.objects.get(pk=user.pk)
