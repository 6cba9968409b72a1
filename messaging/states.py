"""The moves of a message: one table for ours, and the provider's word by its rank."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet

from messaging.models import Message, MessageState

S = MessageState

MOVES: Final[Mapping[MessageState, frozenset[MessageState]]] = {
    S.QUEUED: frozenset({S.SUBMITTING, S.HELD, S.SKIPPED, S.CANCELLED}),
    S.HELD: frozenset({S.SUBMITTING, S.HELD, S.SKIPPED, S.CANCELLED}),
    # back to the queue: the provider refused for now
    S.SUBMITTING: frozenset({S.SENT, S.FAILED, S.QUEUED, S.UNCERTAIN}),
    # back to the queue: somebody looked, and it had never been taken
    S.UNCERTAIN: frozenset({S.SENT, S.FAILED, S.QUEUED}),
    # back to the queue: the provider reported a failure that is worth another attempt
    S.FAILED: frozenset({S.QUEUED}),
    S.UNDELIVERED: frozenset({S.QUEUED}),
    S.SENT: frozenset(),
    S.DELIVERED: frozenset(),
    S.SKIPPED: frozenset(),
    S.CANCELLED: frozenset(),
    S.ANSWERED: frozenset(),
}
# Between these the provider's reports decide, in whatever order they arrive. In the queue there is only a message that
# waits for another attempt: until that begins, a better report about the last one can still call it off.
REPORTED_ON: Final = (S.QUEUED, S.SUBMITTING, S.UNCERTAIN, S.SENT, S.CANCELLED, S.FAILED, S.UNDELIVERED, S.DELIVERED)


def move(messages: QuerySet[Message], *, to: MessageState, **changes: Any) -> int:
    """Move those of `messages` whose state allows it, with `changes`; returns how many did."""
    sources = [state for state, targets in MOVES.items() if to in targets]
    return messages.filter(state__in=sources).update(state=to, **changes)


def fold(messages: QuerySet[Message], *, to: MessageState, rank: int, error_code: str, **changes: Any) -> int:
    """Apply a provider's report of this rank to those of `messages` that have heard nothing more final.

    Of two reports of one rank the greater error code stands, so that the last state does not depend on their order.
    """
    news = Q(provider_rank__lt=rank) | Q(provider_rank=rank, error_code__lt=error_code)
    return messages.filter(news, state__in=REPORTED_ON).update(
        state=to, provider_rank=rank, error_code=error_code, **changes
    )
