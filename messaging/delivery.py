"""Hands due messages over to their providers.

One transaction claims a batch: rows locked with SKIP LOCKED, the gate asked, those it allows moved to `submitting` with a
lease. Only after that commit is a provider called, outside any transaction; each result is committed as it comes. A worker
that dies in between leaves rows in `submitting` whose lease runs out: they become `uncertain` and are looked up.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import F

from config.lib.secrets import Undecryptable
from messaging.content import content_of
from messaging.facts import gate_facts
from messaging.gate import Asked, Decision, Outcome, decide
from messaging.models import Channel, Lane, Message, MessageState
from messaging.providers import offered_channels, provider_for
from messaging.providers.base import (
    Accepted,
    OutcomeUnknown,
    Outgoing,
    PermanentFailure,
    Provider,
    TemporaryFailure,
    refuse_inside_transaction,
)
from messaging.querysets import Appended
from messaging.services import outcomes
from messaging.states import move

logger = structlog.get_logger(__name__)

BATCH: Final = 50
LEASE: Final = timedelta(minutes=2)  # longer than the slowest batch: BATCH / parallel calls, each until it times out


_NOTHING_REPORTED: Final = {"provider": "", "provider_id": "", "provider_rank": 0, "error_code": "", "error": ""}


class LeaseExpired(Exception):
    """The batch took so long that somebody else may be looking after this message by now: too late to call."""


def deliver_batch(lane: Lane, *, now: datetime) -> int:
    """Hand over what is due in this lane, at most a batch; returns how many rows were looked at, 0 when none is due."""
    looked_at, claimed = _claim(lane, now)
    for channel, messages in _by_channel(claimed).items():
        provider = provider_for(channel)
        assert provider, "only rows of offered channels are claimed"
        _hand_over(provider, messages)
    return looked_at


def lanes_due(*, now: datetime) -> list[Lane]:
    """The lanes in which something is due."""
    return [lane for lane in Lane if Message.objects.due(lane, offered_channels(), now=now).exists()]


@transaction.atomic
def _claim(lane: Lane, now: datetime) -> tuple[int, list[Message]]:
    """Lock a batch, ask the gate, move every row accordingly. Rows another worker holds are passed over."""
    due = Message.objects.due(lane, offered_channels(), now=now).select_related("address", "sender")
    messages = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    by_decision: dict[Decision, list[Message]] = defaultdict(list)
    for message, facts in zip(messages, gate_facts(messages, now=now), strict=True):
        by_decision[decide(facts)].append(message)
    for decision, decided in by_decision.items():
        _move_as_decided(decided, decision, now)
    return len(messages), [message for decision, rows in by_decision.items() if decision.allows for message in rows]


def _move_as_decided(messages: Sequence[Message], decision: Decision, now: datetime) -> None:
    rows = Message.objects.filter(pk__in=[message.pk for message in messages])
    decisions = Appended("decisions", decision.record(asked=Asked.SUBMIT, now=now))
    match decision.outcome:
        case Outcome.ALLOW:
            for message in messages:
                message.attempt += 1
                message.leased_until = now + LEASE
            move(
                rows,
                to=MessageState.SUBMITTING,
                decisions=decisions,
                attempt=F("attempt") + 1,
                leased_until=now + LEASE,
                submitted_at=now,
                **_NOTHING_REPORTED,
            )
        case Outcome.HOLD:
            move(rows, to=MessageState.HELD, decisions=decisions, not_before=decision.until)
        case Outcome.SKIP:
            move(rows, to=MessageState.SKIPPED, decisions=decisions, settled_at=now)


def _by_channel(messages: Sequence[Message]) -> dict[Channel, list[Message]]:
    by_channel: dict[Channel, list[Message]] = defaultdict(list)
    for message in messages:
        by_channel[Channel(message.channel)].append(message)
    return by_channel


def _hand_over(provider: Provider, messages: Sequence[Message]) -> None:
    """Call the provider for each message, several at once; its threads touch no database."""
    refuse_inside_transaction()
    with ThreadPoolExecutor(max_workers=provider.parallel, thread_name_prefix=provider.name) as threads:
        for message, submission in _submissions(threads, provider, messages):
            _settle(provider, message, submission)


def _submissions(
    threads: ThreadPoolExecutor, provider: Provider, messages: Sequence[Message]
) -> Iterator[tuple[Message, Future[Accepted]]]:
    """Each message with its submission, in the order in which they end."""
    submissions: dict[Future[Accepted], Message] = {}
    for message in messages:
        try:
            outgoing = outgoing_of(message)
        except Undecryptable:
            failure = PermanentFailure("unreadable", "its key is no longer in the ring")
            outcomes.refused(message=message, failure=failure, now=datetime.now(UTC))
            continue
        assert message.leased_until
        submissions[threads.submit(_submit, provider, outgoing, message.leased_until)] = message
    for submission in as_completed(submissions):
        yield submissions[submission], submission


def _submit(provider: Provider, outgoing: Outgoing, leased_until: datetime) -> Accepted:
    if datetime.now(UTC) >= leased_until:
        raise LeaseExpired
    return provider.submit(outgoing)


def _settle(provider: Provider, message: Message, submission: Future[Accepted]) -> None:
    """Commit what came of one submission."""
    now = datetime.now(UTC)
    try:
        acceptance = submission.result()
    except (PermanentFailure, TemporaryFailure) as failure:
        outcomes.refused(message=message, failure=failure, now=now)
    except OutcomeUnknown as failure:
        outcomes.unknown(message=message, code=failure.code, words=failure.words, now=now)
    except LeaseExpired:
        logger.warning("delivery.lease_expired", message=message.public_id)
        outcomes.not_begun(message=message)
    except Exception as error:  # a fault of ours: whether the provider was reached is not known
        logger.exception("delivery.fault", message=message.public_id)
        outcomes.unknown(message=message, code="fault", words=type(error).__name__, now=now)
    else:
        outcomes.accepted(message=message, provider=provider, acceptance=acceptance, now=now)


def outgoing_of(message: Message) -> Outgoing:
    """The message as its provider needs it. Raises Undecryptable."""
    content = content_of(message)
    return Outgoing(
        public_id=message.public_id,
        attempt=message.attempt,
        to=message.address.value,
        sender=message.sender.value if message.sender else "",
        messaging_service=message.sender.messaging_service if message.sender else "",
        text=content.text,
        subject=content.subject,
        html=content.html,
        headers=content.headers,
        expires_at=message.expires_at,
    )
