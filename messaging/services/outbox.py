"""The outbox: whoever wants a message sent writes it here, in the transaction of what causes it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Refusal
from messaging.content import Content
from messaging.facts import gate_facts
from messaging.gate import Asked, Decision, Outcome, decide
from messaging.models import Address, Channel, InboundMessage, Lane, Message, MessageState, Purpose, Sender
from messaging.providers import offered_channels
from messaging.tasks import deliver


class ChannelNotOffered(Refusal):
    status = 409
    message = _("Messages cannot be sent this way: no provider is set up for it.")


_STATE_AFTER = {
    Outcome.ALLOW: MessageState.QUEUED,
    Outcome.HOLD: MessageState.HELD,
    Outcome.SKIP: MessageState.SKIPPED,
}


@transaction.atomic
def queue(
    *,
    purpose_key: str,
    kind: str,
    purpose: Purpose,
    channel: Channel,
    address: Address,
    text: str,
    now: datetime,
    topic: str = "",
    sender: Sender | None = None,
    language: str = "",
    subject: str = "",
    html: str = "",
    headers: Mapping[str, str] | None = None,
    lane: Lane = Lane.DEFAULT,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    sealed: bool = False,
    reply_to: InboundMessage | None = None,
) -> Message:
    """Write a message into the caller's transaction; workers send it after the commit. Returns the row.

    `purpose_key` (at most 200 characters) names the one reason this message exists: asking again with the same key
    returns the row that is there. The gate is asked at once, so the row may come back `held` or `skipped`, with its reason
    in `decisions`. After `expires_at` the message is worthless and not sent. `sealed` content is encrypted, and blanked
    once it is sent. Raises ChannelNotOffered.
    """
    if existing := Message.objects.filter(purpose_key=purpose_key).first():
        return existing
    if channel not in offered_channels():
        raise ChannelNotOffered
    message = Message(
        purpose_key=purpose_key,
        kind=kind,
        purpose=purpose,
        channel=channel,
        lane=lane,
        topic=topic,
        address=address,
        sender=sender,
        reply_to=reply_to,
        language=language,
        sealed=sealed,
        not_before=not_before or now,
        expires_at=expires_at,
        created_at=now,
        **Content(text, subject, html, dict(headers or {})).columns(sealed=sealed),
    )
    (facts,) = gate_facts([message], now=now)
    return _store(message, decide(facts), now)


def _store(message: Message, decision: Decision, now: datetime) -> Message:
    """Insert the row as the gate decided, and wake a worker once it is committed. Of two at once, the first stands."""
    message.state = _STATE_AFTER[decision.outcome]
    message.decisions = [decision.record(asked=Asked.PLAN, now=now)]
    if decision.until:
        message.not_before = max(message.not_before, decision.until)
    if decision.outcome is Outcome.SKIP:
        message.settled_at = now
    stored = Message.objects.insert_once(message)
    if stored.state == MessageState.QUEUED and stored.not_before <= now:
        # robust: with the broker away the clock's next tick finds the row
        transaction.on_commit(lambda: _wake_worker(stored.lane), robust=True)
    return stored


def _wake_worker(lane: str) -> None:
    deliver.apply_async((lane,), queue=lane)
