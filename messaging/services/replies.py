"""The answer to a text, stored with what caused it, once; it travels in the webhook's own answer and is never queued."""

from datetime import datetime, timedelta

from django.db import transaction

from messaging.facts import gate_facts
from messaging.gate import Asked, decide
from messaging.inbound import Inbound
from messaging.languages import language_of
from messaging.models import Address, Channel, InboundMessage, Lane, Message, MessageState, Purpose


def purpose_key_of(inbound_id: int) -> str:
    """The purpose key of the one reply to this text."""
    return f"reply:{inbound_id}"


@transaction.atomic
def answer(
    *,
    inbound: Inbound | InboundMessage | int,
    kind: str,
    text: str,
    now: datetime,
    topic: str = "",
    provider_answers: bool = False,
    at_most: tuple[int, timedelta] | None = None,
) -> Message:
    """Store the reply to `inbound` in the caller's transaction, together with what it reports; returns the row.

    The row is `answered` if the gate allows it, else `skipped`, which is answered with silence (`Reply.of` tells them
    apart). A text that has its reply already keeps it, and that row is returned: what was said first is said again.

    `provider_answers`: the provider says this by itself, as it does wherever the text came with its `opt_out_type`.
    `at_most` (number, period): how many replies of this kind the address gets; more than that are met with silence.
    """
    row = _inbound(inbound)
    if existing := Message.objects.filter(purpose_key=purpose_key_of(row.pk)).first():
        return existing
    message = _reply(row, kind=kind, text=text, topic=topic, now=now)
    (facts,) = gate_facts(
        [message],
        now=now,
        provider_answers=provider_answers or bool(row.opt_out_type),
        allowance_used_up=at_most is not None and _used_up(row.address_id, kind, at_most, now),
    )
    decision = decide(facts)
    message.state = MessageState.ANSWERED if decision.allows else MessageState.SKIPPED
    message.decisions = [decision.record(asked=Asked.ANSWER, now=now)]
    # somebody may be handling a repeat of the same text at this moment; then theirs, if it was first, is returned
    return Message.objects.insert_once(message)


def _inbound(inbound: Inbound | InboundMessage | int) -> InboundMessage:
    if isinstance(inbound, InboundMessage):
        return inbound
    pk = inbound if isinstance(inbound, int) else inbound.id
    return InboundMessage.objects.select_related("address", "sender").get(pk=pk)


def _reply(inbound: InboundMessage, *, kind: str, text: str, topic: str, now: datetime) -> Message:
    sender = inbound.sender
    return Message(
        purpose_key=purpose_key_of(inbound.pk),
        kind=kind,
        purpose=Purpose.REPLY,
        channel=Channel.SMS,
        lane=Lane.CRITICAL,
        topic=topic,
        address=inbound.address,
        sender=sender,
        reply_to=inbound,
        language=language_of(
            phone=inbound.address.value, known=inbound.address.language, sender=sender.language if sender else ""
        ),
        text=text,
        not_before=now,
        created_at=now,
        settled_at=now,
    )


def _used_up(address_id: int, kind: str, at_most: tuple[int, timedelta], now: datetime) -> bool:
    """Whether the address had its number of such replies. Its row is locked, so that two at once are not both the last."""
    number, period = at_most
    Address.objects.select_for_update(no_key=True).only("pk").get(pk=address_id)
    had = Message.objects.filter(
        address=address_id, kind=kind, state=MessageState.ANSWERED, created_at__gt=now - period
    )
    return had.count() >= number
