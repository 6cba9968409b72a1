"""What every provider offers, and the ways in which it can fail. Only messaging's delivery may use this package."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.db import connection


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a provider needs it. `public_id` and `attempt` come back in its status callbacks."""

    public_id: str
    attempt: int
    to: str
    sender: str
    text: str
    messaging_service: str = ""
    subject: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message. `segments` is its own count of the parts of a text, 0 where it has none."""

    provider_id: str
    segments: int = 0


class NotThere(StrEnum):
    """What a look-up says about a message that the provider does not list."""

    CERTAIN = "certain"  # it was never accepted
    UNKNOWN = "unknown"  # the provider cannot tell


class DeliveryFailed(Exception):
    """The provider did not take the message. `code` is its own; `words` are for people."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


class PermanentFailure(DeliveryFailed):
    """Trying again would fail again."""


class TemporaryFailure(DeliveryFailed):
    """Not accepted, and worth another attempt."""


class OutcomeUnknown(DeliveryFailed):
    """The request may have been accepted: it must not be repeated before somebody looked."""


class Provider(Protocol):
    """A way to send on one channel. Stateless between messages and safe to call from several threads."""

    name: str
    parallel: int  # how many messages are handed over at once
    keeps_content: bool  # a local mailbox shows what it "sent", so sealed content is not blanked

    def submit(self, outgoing: Outgoing) -> Accepted:
        """Hand the message over, once. Raises PermanentFailure, TemporaryFailure or OutcomeUnknown."""

    def look_up(self, outgoing: Outgoing, *, submitted_at: datetime, not_these: frozenset[str]) -> Accepted | NotThere:
        """What became of a submission whose outcome is unknown; `not_these` are provider ids of other messages.

        Raises TemporaryFailure while the provider cannot be asked.
        """


class TransactionIsOpen(Exception):
    """A provider was about to be called inside a database transaction, which would keep locks for as long as it takes."""


def refuse_inside_transaction() -> None:
    """Raises TransactionIsOpen in a transaction."""
    if connection.in_atomic_block:
        raise TransactionIsOpen
