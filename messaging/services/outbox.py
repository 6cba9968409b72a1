"""The outbox: whoever wants a message sent writes it here, in the transaction of what causes it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Refusal
from messaging.content import Content
from messaging.facts import gate_facts
from messaging.gate import Asked, Outcome, decide
from messaging.models import Address, Channel, InboundMessage, Lane, Message, MessageState, Purpose, Sender
from messaging.providers import offered_channels
from messaging.tasks import wake_worker


class ChannelNotOffered(Refusal):
    status = 409
    message = _("Messages cannot be sent this way: no provider is set up for it.")


class Details(TypedDict, total=False):
    """What not every message has. `topic` is what it is about ("event:42"), which messaging never interprets."""

    topic: str
    sender: Sender | None
    language: str
    lane: Lane
    expires_at: datetime | None
    reply_to: InboundMessage | None


_STATE_AFTER = {
    Outcome.ALLOW: MessageState.QUEUED,
    Outcome.HOLD: MessageState.HELD,
    Outcome.SKIP: MessageState.SKIPPED,
}


def queue(
    *,
    purpose_key: str,
    kind: str,
    purpose: Purpose,
    channel: Channel,
    address: Address,
    text: str,
    now: datetime,
    subject: str = "",
    html: str = "",
    headers: Mapping[str, str] | None = None,
    not_before: datetime | None = None,
    sealed: bool = False,
    **details: Unpack[Details],
) -> Message:
    """Write a message into the caller's transaction; workers send it after the commit. Returns the row.

    `purpose_key` (at most 200 characters) names the one reason this message exists: asking again with the same key
    returns the row that is there. The gate is asked at once, so the row may come back `held` or `skipped`, with its reason
    in `decisions`. After `expires_at` the message is worthless and not sent. `sealed` content is encrypted, and blanked
    once it is sent. Raises ChannelNotOffered.
    """
    message = Message(
        purpose_key=purpose_key,
        kind=kind,
        purpose=purpose,
        channel=channel,
        address=address,
        sealed=sealed,
        not_before=not_before or now,
        created_at=now,
        **details,
        **Content(text, subject, html, dict(headers or {})).columns(sealed=sealed),
    )
    return _plan(message, now)


@transaction.atomic
def _plan(message: Message, now: datetime) -> Message:
    """Ask the gate, store the row as it decided, and wake a worker once that is committed."""
    if existing := Message.objects.filter(purpose_key=message.purpose_key).first():
        return existing
    if message.channel not in offered_channels():
        raise ChannelNotOffered
    (facts,) = gate_facts([message], now=now)
    decision = decide(facts)
    message.state = _STATE_AFTER[decision.outcome]
    message.decisions = [decision.record(asked=Asked.PLAN, now=now)]
    message.not_before = max(message.not_before, decision.until or now)
    message.settled_at = now if decision.outcome is Outcome.SKIP else None
    stored = Message.objects.insert_once(message)
    if stored.state == MessageState.QUEUED and stored.not_before <= now:
        # robust: with the broker away the clock's next tick finds the row
        transaction.on_commit(lambda: wake_worker(stored.lane), robust=True)
    return stored
