"""What people agreed to and withdrew: evidence that only grows, and the opt-outs in force."""

from datetime import datetime

from django.db import transaction

from messaging.models import (
    Address,
    ConsentDecision,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    InboundMessage,
    OptOut,
    Sender,
)


def record(
    *,
    address: Address | int,
    decision: ConsentDecision,
    purpose: ConsentPurpose,
    source: ConsentSource,
    now: datetime,
    topic: str = "",
    text_version: str = "",
    inbound: InboundMessage | int | None = None,
    sender: Sender | int | None = None,
) -> ConsentEvent:
    """Write down that this address said yes or no to this purpose; without a topic it is meant for all topics of it.

    `text_version` names the wording that was agreed to; `inbound` is the text that said so. Rows or their ids are taken.
    """
    return ConsentEvent.objects.create(
        address_id=_pk(address),
        sender_id=_pk(sender) if sender else None,
        decision=decision,
        purpose=purpose,
        topic=topic,
        source=source,
        text_version=text_version,
        inbound_id=_pk(inbound) if inbound else None,
        at=now,
    )


@transaction.atomic
def opt_out(
    *,
    address: Address | int,
    sender: Sender | int,
    source: ConsentSource,
    now: datetime,
    inbound: InboundMessage | int | None = None,
) -> bool:
    """Note that this address wants nothing more from this sender. True if that is new; saying it again adds no evidence."""
    _row, is_new = OptOut.objects.get_or_create(address_id=_pk(address), sender_id=_pk(sender), defaults={"since": now})
    if is_new:
        record(
            address=address,
            sender=sender,
            decision=ConsentDecision.WITHDRAWN,
            purpose=ConsentPurpose.ALL,
            source=source,
            inbound=inbound,
            now=now,
        )
    return is_new


@transaction.atomic
def opt_in(
    *,
    address: Address | int,
    sender: Sender | int,
    source: ConsentSource,
    now: datetime,
    inbound: InboundMessage | int | None = None,
) -> bool:
    """Undo an opt-out. True if there was one. What was agreed to before it holds again; nothing more is agreed to."""
    deleted, _by_model = OptOut.objects.filter(address_id=_pk(address), sender_id=_pk(sender)).delete()
    if deleted:
        record(
            address=address,
            sender=sender,
            decision=ConsentDecision.GRANTED,
            purpose=ConsentPurpose.ALL,
            source=source,
            inbound=inbound,
            now=now,
        )
    return bool(deleted)


def _pk(row: Address | Sender | InboundMessage | int) -> int:
    return row if isinstance(row, int) else row.pk
