"""Choosing which kinds of message come to one's account."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from accounts.policies import signed_in
from config.lib.errors import NotFound, Refusal
from messaging.kinds import ACCOUNT, choices
from messaging.models import TurnedOff


class AlwaysSent(Refusal):
    status = 409
    message = _("What is about your account is always sent: it is how you notice that somebody else uses it.")


@transaction.atomic
def choose_kind(*, actor: Actor, kind: str, channel: str, wanted: bool, now: datetime) -> User:
    """Turn a kind on or off for the actor's account. Saying it again changes nothing.

    Raises AuthRequired, AlwaysSent, and NotFound for what nobody can choose.
    """
    user = signed_in(actor)
    if kind == ACCOUNT:
        raise AlwaysSent
    if channel not in choices().get(kind, ()):
        raise NotFound
    if _changed(user, kind, channel, wanted, now):
        action = "account.turn_on" if wanted else "account.turn_off"
        audit.record(actor=actor, action=action, subject=user, now=now, kind=kind, channel=channel)
    return user


@transaction.atomic
def choose_kinds(*, actor: Actor, wanted: Collection[tuple[str, str]], now: datetime) -> User:
    """Of all that can be chosen want exactly these (kind, channel). Raises AuthRequired."""
    user = signed_in(actor)
    for kind, channels in choices().items():
        for channel in channels:
            choose_kind(actor=actor, kind=kind, channel=channel, wanted=(kind, channel) in wanted, now=now)
    return user


def _changed(user: User, kind: str, channel: str, wanted: bool, now: datetime) -> bool:
    if wanted:
        deleted, _by_model = TurnedOff.objects.filter(user=user, kind=kind, channel=channel).delete()
        return bool(deleted)
    _row, is_new = TurnedOff.objects.get_or_create(user=user, kind=kind, channel=channel, defaults={"since": now})
    return is_new
