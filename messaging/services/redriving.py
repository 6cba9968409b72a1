"""Trying once more to send what could not be sent."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import record
from accounts.policies import require_admin
from config.lib.errors import NotFound, Refusal
from messaging.models import Message, MessageState
from messaging.states import move


class NothingLeftToSend(Refusal):
    message = _("This message is worthless by now, or what it said is no more.")


def can_redrive(*, message: Message, now: datetime) -> bool:
    """Whether there is something left to send, and somebody to whom it is still worth something."""
    is_worthless = message.expires_at is not None and message.expires_at <= now
    return message.state in {MessageState.FAILED, MessageState.UNDELIVERED} and bool(message.text) and not is_worthless


@transaction.atomic
def redrive(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Put a message that failed back in the queue; the gate is asked once more before it goes.

    Raises AuthRequired, Forbidden, NotFound, NothingLeftToSend.
    """
    require_admin(actor)
    message = Message.objects.select_for_update().filter(public_id=public_id).first()
    if message is None or message.state not in {MessageState.FAILED, MessageState.UNDELIVERED}:
        raise NotFound
    if not can_redrive(message=message, now=now):
        raise NothingLeftToSend
    move(
        Message.objects.filter(pk=message.pk), to=MessageState.QUEUED, not_before=now, provider_rank=0, settled_at=None
    )
    record(actor=actor, action="message.redrive", subject=message, now=now)
