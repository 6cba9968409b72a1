"""Suspending accounts, and restoring them: by an admin, or by the clock when the time is over."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, platform
from accounts.audit import record
from accounts.models import REASON_LENGTH, Ended, Erasure, Suspension, User
from accounts.policies import require_admin
from accounts.services.notices import notify
from accounts.services.roles import NotYourself, keep_an_admin
from accounts.services.sessions import end_everything
from config.lib.constraints import broken_by
from config.lib.errors import Detail, Refusal, ValidationError


class AlreadySuspended(Refusal):
    message = _("This account is not active already.")


class NotSuspended(Refusal):
    message = _("This account is not suspended.")


def require_reason(reason: str) -> str:
    """The reason without space around it. Raises ValidationError for none, or for one that is too long."""
    reason = reason.strip()
    if not reason:
        raise ValidationError(details=[Detail("reason", "required", _("Say why."))])
    if len(reason) > REASON_LENGTH:
        message = _("Say it in %(most)d letters at most.") % {"most": REASON_LENGTH}
        raise ValidationError(details=[Detail("reason", "max_length", message)])
    return reason


def suspend(*, actor: Actor, user: User, reason: str, now: datetime, until: datetime | None = None) -> Suspension:
    """Let nobody use this account, until a time or for good. Everything it is signed in with ends at once, and its API keys
    are refused. What belongs to it, events among them, stays as it is. Its owner is told, with the reason.

    Raises AuthRequired, Impersonated, Forbidden, ValidationError, NotYourself, LastAdmin, AlreadySuspended.
    """
    require_admin(actor)
    reason = require_reason(reason)
    if until is not None and until <= now:
        raise ValidationError(details=[Detail("until", "in_the_past", _("Choose a time that is still to come."))])
    if actor.user == user:
        raise NotYourself
    try:
        return _suspend(actor, user, reason=reason, until=until, now=now)
    except IntegrityError as error:
        if broken_by(error) != "suspension_one_at_a_time":
            raise
        raise AlreadySuspended from error


@transaction.atomic
def _suspend(actor: Actor, user: User, *, reason: str, until: datetime | None, now: datetime) -> Suspension:
    keep_an_admin(without=user)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise AlreadySuspended
    suspension = Suspension.objects.create(user=user, reason=reason, since=now, until=until, by=actor.user)
    gone = end_everything(user=user, because=Ended.SUSPENDED, now=now)
    facts = {"until": until.isoformat() if until else None, "sessions": gone.sessions, "clients": gone.clients}
    record(actor=actor.because(reason), action="user.suspend", subject=user, now=now, **facts)
    notify(actor=actor, user=user, template="suspended", now=now, until=until, reason=reason)
    return suspension


@transaction.atomic
def restore(*, actor: Actor, user: User, now: datetime, why: str = "") -> None:
    """Let the account be used again; its owner is told. Raises AuthRequired, Impersonated, Forbidden, NotSuspended.

    One whose owner has asked to be forgotten meanwhile stays closed.
    """
    require_admin(actor)
    open_ones = Suspension.objects.filter(user=user, ended_at__isnull=True)
    if not open_ones.update(ended_at=now, ended_by=actor.user):
        raise NotSuspended
    User.objects.filter(pk=user.pk).exclude(pk__in=Erasure.objects.filter(user=user).values("user")).update(
        is_active=True
    )
    record(actor=actor.because(why), action="user.restore", subject=user, now=now)
    notify(actor=actor, user=user, template="restored", now=now)


def restore_due(*, now: datetime) -> int:
    """The clock's: restore those whose time is over; how many. Somebody else's restoring at the same moment is no error."""
    restored = 0
    for suspension in Suspension.objects.filter(ended_at__isnull=True, until__lte=now).select_related("user"):
        try:
            restore(actor=platform(), user=suspension.user, now=now)
        except NotSuspended:
            continue
        restored += 1
    return restored
