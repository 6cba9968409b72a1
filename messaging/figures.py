"""How the messages about a topic fare: counts by state, and failures in words. Cheap however many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count
from django.utils.functional import Promise

from messaging.failures import failure_of
from messaging.models import Message, MessageState

MOST_ANSWERS: Final = 10_000  # answers to texts are counted up to here
KINDS_OF_FAILURE: Final = 5

_WAITING: Final = (MessageState.QUEUED, MessageState.HELD, MessageState.SUBMITTING)
_FAILED: Final = (MessageState.FAILED, MessageState.UNDELIVERED)


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How many messages failed for one reason, and the reason as people read it."""

    words: str | Promise
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageFigures:
    """Messages of a topic. `sent` ones are with the provider, `delivered` ones have arrived, of `uncertain` ones nobody knows.

    `answers` are the replies given to texts, counted up to MOST_ANSWERS.
    """

    waiting: int
    sent: int
    delivered: int
    failed: int
    uncertain: int
    skipped: int
    answers: int
    failures: tuple[FailureCount, ...]

    @property
    def answers_are_more(self) -> bool:
        """Whether counting the answers stopped before the end."""
        return self.answers >= MOST_ANSWERS

    @property
    def outgoing(self) -> int:
        """All that was to be sent, answers aside."""
        return self.waiting + self.sent + self.delivered + self.failed + self.uncertain + self.skipped


def message_figures(topic: str) -> MessageFigures:
    """Three queries: two on the index of messages that are no answers, one that stops at MOST_ANSWERS rows."""
    states = _by_state(topic)
    return MessageFigures(
        waiting=sum(states.get(state, 0) for state in _WAITING),
        sent=states.get(MessageState.SENT, 0),
        delivered=states.get(MessageState.DELIVERED, 0),
        failed=sum(states.get(state, 0) for state in _FAILED),
        uncertain=states.get(MessageState.UNCERTAIN, 0),
        skipped=states.get(MessageState.SKIPPED, 0) + states.get(MessageState.CANCELLED, 0),
        answers=Message.objects.filter(topic=topic, state=MessageState.ANSWERED)[:MOST_ANSWERS].count(),
        failures=_failures(topic) if any(states.get(state) for state in _FAILED) else (),
    )


def _by_state(topic: str) -> Mapping[str, int]:
    rows = Message.objects.filter(topic=topic).exclude(state=MessageState.ANSWERED).values("state").order_by("state")
    return dict(rows.annotate(count=Count("pk")).values_list("state", "count"))


def _failures(topic: str) -> tuple[FailureCount, ...]:
    """By error code, the most frequent first; codes that read the same are one reason."""
    failed = Message.objects.filter(topic=topic, state__in=_FAILED).exclude(state=MessageState.ANSWERED)
    rows = failed.values("error_code").annotate(count=Count("pk")).values_list("error_code", "count")
    by_words: dict[str | Promise, int] = {}
    for code, count in rows.order_by("-count", "error_code"):
        words = failure_of(code).words
        by_words[words] = by_words.get(words, 0) + count
    frequent = sorted(by_words.items(), key=lambda pair: -pair[1])[:KINDS_OF_FAILURE]
    return tuple(FailureCount(words, count) for words, count in frequent)
