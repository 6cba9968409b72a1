"""Finds out what became of messages that a crash or a lost answer left unclear. Nothing is sent again on a guess."""

from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from config.lib.secrets import Undecryptable
from messaging.delivery import outgoing_of
from messaging.models import Channel, Message, MessageState
from messaging.providers import provider_for
from messaging.providers.base import Accepted, NotThere, PermanentFailure, TemporaryFailure, refuse_inside_transaction
from messaging.services import outcomes
from messaging.states import move

logger = structlog.get_logger(__name__)

BATCH: Final = 50
_PROVIDER_LISTS_LATE: Final = timedelta(minutes=2)  # what is not listed earlier may still turn up
_GIVE_UP_AFTER: Final = timedelta(days=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_MOST_ATTEMPTS: Final = 3


def give_up_expired_leases(*, now: datetime) -> int:
    """Rows whose worker died with them in hand become `uncertain`; returns how many."""
    abandoned = Message.objects.filter(state=MessageState.SUBMITTING, leased_until__lt=now)
    return move(abandoned, to=MessageState.UNCERTAIN, not_before=now, error_code="lease_expired")


def look_up_uncertain(*, now: datetime) -> int:
    """Ask the providers about a batch of uncertain messages that are due for it; returns how many were asked about."""
    messages = _claim(now)
    refuse_inside_transaction()
    for message in messages:
        _look_up(message)
    return len(messages)


@transaction.atomic
def _claim(now: datetime) -> list[Message]:
    """Uncertain messages due for a look-up. Each is due again after a pause that grows with its age."""
    due = Message.objects.filter(
        state=MessageState.UNCERTAIN, not_before__lte=now, submitted_at__gt=now - _GIVE_UP_AFTER
    )
    messages = list(
        due.select_for_update(skip_locked=True, of=("self",))
        .select_related("address", "sender")
        .order_by("not_before")[:BATCH]
    )
    for message in messages:
        assert message.submitted_at
        pause = min(max(now - message.submitted_at, outcomes.FIRST_LOOK_UP), _LONGEST_PAUSE)
        Message.objects.filter(pk=message.pk).update(not_before=now + pause)
    return messages


def _look_up(message: Message) -> None:
    provider = provider_for(Channel(message.channel))
    if provider is None or message.submitted_at is None:
        return
    others = Message.objects.filter(address=message.address_id, provider=provider.name).exclude(pk=message.pk)
    not_these = frozenset(others.exclude(provider_id="").values_list("provider_id", flat=True))
    try:
        found = provider.look_up(outgoing_of(message), submitted_at=message.submitted_at, not_these=not_these)
    except (TemporaryFailure, Undecryptable) as error:
        logger.info("reconciliation.postponed", message=message.public_id, because=type(error).__name__)
        return
    now = datetime.now(UTC)
    if isinstance(found, Accepted):
        outcomes.accepted(message=message, provider=provider, acceptance=found, now=now)
    elif found is NotThere.CERTAIN and now - message.submitted_at >= _PROVIDER_LISTS_LATE:
        _never_taken(message, now)


def _never_taken(message: Message, now: datetime) -> None:
    """It is certain that this attempt was not taken: the next one, if there is one left and time for it."""
    spent = message.attempt >= _MOST_ATTEMPTS
    failure = (PermanentFailure if spent else TemporaryFailure)(
        "never_taken", "The provider has no record of this message."
    )
    outcomes.refused(message=message, failure=failure, now=now)
