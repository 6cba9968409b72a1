"""What became of a message once it was handed over: from the provider's answer, its callbacks, or a look-up."""

from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, Q

from messaging.content import BLANK
from messaging.delivery_status import FINAL_RANK, status_of
from messaging.failures import Consequence, delay_before_next, failure_of
from messaging.models import Address, ConsentSource, DeliveryEvent, Message, MessageState
from messaging.providers.base import Accepted, DeliveryFailed, Provider
from messaging.services.consent import opt_out
from messaging.states import fold, move

FIRST_LOOK_UP: Final = timedelta(minutes=1)
_JITTER: Final = 0.2
_random: Final = SystemRandom()


@transaction.atomic
def accepted(*, message: Message, provider: Provider, acceptance: Accepted, now: datetime) -> None:
    """The provider took this attempt of the message. Its callbacks may have come first; then their state stands."""
    _one_at_a_time(provider.name, acceptance.provider_id)
    facts: dict[str, Any] = {
        "provider": provider.name,
        "provider_id": acceptance.provider_id,
        "segments": acceptance.segments,
        "sent_at": now,
    }
    if message.sealed and not provider.keeps_content:
        facts |= BLANK
    attempt = Message.objects.filter(pk=message.pk, attempt=message.attempt)
    if not move(attempt, to=MessageState.SENT, settled_at=now, error_code="", error="", **facts):
        attempt.filter(provider_id__in=("", acceptance.provider_id)).update(**facts)
    for event in DeliveryEvent.objects.filter(provider=provider.name, provider_id=acceptance.provider_id):
        _apply(event, now)


@transaction.atomic
def refused(*, message: Message, failure: DeliveryFailed, now: datetime) -> None:
    """The provider did not take this attempt: back to the queue if its code says so and time is left, else failed."""
    delay = delay_before_next(failure.code, attempt=message.attempt)
    again = _next_attempt(message, delay, now)
    attempt = Message.objects.filter(pk=message.pk, attempt=message.attempt)
    changes: dict[str, Any] = {"error_code": failure.code[:32], "error": failure.words[:300]}
    if again:
        move(attempt, to=MessageState.QUEUED, not_before=again, **changes)
    elif move(attempt, to=MessageState.FAILED, settled_at=now, **changes):
        _draw_consequence(message, failure.code, now)


def unknown(*, message: Message, code: str, words: str, now: datetime) -> None:
    """Nobody knows whether this attempt was taken: it is looked up later, and not repeated before."""
    move(
        Message.objects.filter(pk=message.pk, attempt=message.attempt),
        to=MessageState.UNCERTAIN,
        not_before=now + FIRST_LOOK_UP,
        error_code=code[:32],
        error=words[:300],
    )


def not_begun(*, message: Message) -> None:
    """The provider was not called for this attempt after all, so it does not count."""
    attempt = Message.objects.filter(pk=message.pk, attempt=message.attempt)
    move(attempt, to=MessageState.QUEUED, attempt=F("attempt") - 1)


@transaction.atomic
def report(
    *,
    provider: str,
    provider_id: str,
    status: str,
    error_code: str,
    message_public_id: str,
    attempt: int,
    raw: dict[str, str],
    now: datetime,
) -> bool:
    """Keep a provider's status callback and apply it. False if it is known already.

    One whose message is not known yet is kept, and applied when a message learns that it has this id.
    """
    _one_at_a_time(provider, provider_id)
    event = DeliveryEvent(
        provider=provider,
        provider_id=provider_id,
        status=status,
        error_code=error_code,
        message_public_id=message_public_id,
        attempt=attempt,
        raw=raw,
        received_at=now,
    )
    what = {"provider": provider, "provider_id": provider_id, "status": status, "error_code": error_code}
    if DeliveryEvent.objects.filter(**what).exists():
        return False
    event.save(force_insert=True)
    _apply(event, now)
    return True


def _one_at_a_time(provider: str, provider_id: str) -> None:
    """Until the commit, nobody else speaks about this provider's id.

    Without it a callback and the answer that makes its id known could commit side by side, each blind to the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"delivery:{provider}:{provider_id}"])


def _apply(event: DeliveryEvent, now: datetime) -> None:
    status = status_of(event.status)
    if status is None:
        return
    message = _message_of(event)
    if message is None:
        return
    changed = fold(
        Message.objects.filter(pk=message.pk),
        to=status.state,
        rank=status.rank,
        error_code=event.error_code,
        provider=event.provider,
        provider_id=event.provider_id,
        settled_at=now,
    )
    if changed and status.state == MessageState.DELIVERED:
        _mark_reachable(message)
    elif changed and status.rank >= FINAL_RANK and event.error_code:
        _draw_consequence(message, event.error_code, now)
        _try_again(message, event.error_code, now)


def _message_of(event: DeliveryEvent) -> Message | None:
    """The message with the event's id; else the one its address named, while that attempt has no id yet. Locked."""
    known = Q(provider=event.provider, provider_id=event.provider_id)
    named = Q(
        public_id=event.message_public_id,
        attempt=event.attempt,
        provider_id="",
        state__in=(MessageState.SUBMITTING, MessageState.UNCERTAIN),
    )
    rows = Message.objects.filter(known | named if event.message_public_id else known)
    return rows.select_for_update(of=("self",)).select_related("address", "sender").first()


def _try_again(message: Message, code: str, now: datetime) -> None:
    """A failure reported later may deserve another attempt. The last one's id stays until that begins."""
    again = _next_attempt(message, delay_before_next(code, attempt=message.attempt), now)
    if again and (message.text or not message.sealed):
        move(Message.objects.filter(pk=message.pk), to=MessageState.QUEUED, not_before=again)


def _next_attempt(message: Message, delay: int | None, now: datetime) -> datetime | None:
    """When to try again, somewhat spread so that many do not come back at once; None when there is no time for it."""
    if delay is None:
        return None
    again = now + timedelta(seconds=delay * (1 + _JITTER * _random.random()))
    return again if message.expires_at is None or again < message.expires_at else None


def _draw_consequence(message: Message, code: str, now: datetime) -> None:
    match failure_of(code).consequence:
        case Consequence.UNREACHABLE:
            address = Address.objects.filter(pk=message.address_id, unreachable_at=None)
            address.update(unreachable_at=now, unreachable_because=code)
        case Consequence.OPTED_OUT if message.sender_id:
            opt_out(address=message.address_id, sender=message.sender_id, source=ConsentSource.PROVIDER, now=now)


def _mark_reachable(message: Message) -> None:
    if message.address.unreachable_at:
        Address.objects.filter(pk=message.address_id).update(unreachable_at=None, unreachable_because="")
