"""Gathers what the gate looks at, for many messages in a few queries."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from typing import Final

from django.db.models.functions import MD5

from accounts.platform_settings import SENDING
from messaging.gate import EQUAL_TEXTS_WINDOW, GateFacts
from messaging.kind_choices import turned_off_for
from messaging.kinds import choices
from messaging.models import Channel, ConsentDecision, ConsentEvent, Message, OptOut, Purpose

_CHOSEN: Final = frozenset({Purpose.EVENT, Purpose.MARKETING})  # purposes that people have a say in
LastWords = Mapping[tuple[int, str, str], tuple[int, str]]
RecentTexts = Mapping[tuple[int, str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class _Known:
    opted_out: set[tuple[int, int]]
    last_words: LastWords
    turned_off: set[tuple[int, str]]
    recent: RecentTexts


def gate_facts(
    messages: Sequence[Message], *, now: datetime, provider_answers: bool = False, allowance_used_up: bool = False
) -> list[GateFacts]:
    """The facts of each message, in order. A message may be unsaved; address and sender should be loaded with it."""
    addresses = [message.address_id for message in messages]
    senders = [message.sender_id for message in messages if message.sender_id]
    known = _Known(
        opted_out=OptOut.objects.pairs(addresses=addresses, senders=senders) if senders else set(),
        last_words=ConsentEvent.objects.last_words(
            message.address_id for message in messages if message.purpose in _CHOSEN
        ),
        turned_off=turned_off_for(
            message.address
            for message in messages
            if message.purpose in _CHOSEN and message.channel in choices().get(message.kind, ())
        ),
        recent=_recent_texts(addresses, now),
    )
    return [
        GateFacts(
            now=now,
            channel=Channel(message.channel),
            purpose=Purpose(message.purpose),
            kind=message.kind,
            sending_enabled=SENDING.value(),
            sender_active=message.sender is None or message.sender.active,
            opted_out=(message.address_id, message.sender_id) in known.opted_out,
            consent=_consent(known.last_words, message),
            unreachable=message.address.unreachable_at is not None,
            turned_off=(message.address_id, message.kind) in known.turned_off,
            expires_at=message.expires_at,
            equal_texts=_equal_texts(known.recent, message),
            provider_answers=provider_answers,
            allowance_used_up=allowance_used_up,
        )
        for message in messages
    ]


def _consent(last_words: LastWords, message: Message) -> ConsentDecision | None:
    """The later of what was said about this topic and about the purpose as a whole."""
    said = (last_words.get((message.address_id, message.purpose, topic)) for topic in {message.topic, ""})
    latest = max((word for word in said if word), default=None)
    return ConsentDecision(latest[1]) if latest else None


def _recent_texts(addresses: Sequence[int], now: datetime) -> RecentTexts:
    """(address id, digest of the text) → ids of the messages of the last minutes that say it."""
    rows = Message.objects.lately_to(addresses, since=now - EQUAL_TEXTS_WINDOW)
    recent: dict[tuple[int, str], list[int]] = defaultdict(list)
    for pk, address, digest in rows.values_list("id", "address_id", MD5("text")):
        recent[address, digest].append(pk)
    return recent


def _equal_texts(recent: RecentTexts, message: Message) -> int:
    """How many earlier messages said the same; those that came after it are judged after it."""
    if not message.text:
        return 0
    digest = md5(message.text.encode(), usedforsecurity=False).hexdigest()
    same = recent.get((message.address_id, digest), ())
    return sum(1 for pk in same if message.pk is None or pk < message.pk)
