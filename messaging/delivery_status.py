"""What the words of a provider's status callbacks mean, and how final each is."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from messaging.models import MessageState


class Status(NamedTuple):
    rank: int
    state: MessageState


# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values. Final words differ in rank, so that
# two that contradict each other leave the same state in either order: what reached the phone cannot have failed.
STATUSES: Final[Mapping[str, Status]] = {
    "accepted": Status(10, MessageState.SENT),
    "queued": Status(10, MessageState.SENT),
    "scheduled": Status(10, MessageState.SENT),
    "sending": Status(20, MessageState.SENT),
    "sent": Status(30, MessageState.SENT),
    "canceled": Status(40, MessageState.CANCELLED),
    "failed": Status(41, MessageState.FAILED),
    "undelivered": Status(42, MessageState.UNDELIVERED),
    "delivered": Status(43, MessageState.DELIVERED),
    "read": Status(50, MessageState.DELIVERED),
}
FINAL_RANK: Final = 40


def status_of(word: str) -> Status | None:
    """None for words we do not know: their event is kept and changes nothing."""
    return STATUSES.get(word.lower())
