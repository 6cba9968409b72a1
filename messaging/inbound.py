"""Texts that came in, and who is asked what to do about them.

Upper apps register handlers in their `sms.py`, which is found as Django finds `admin.py`. Each handler stores its own reply
together with its effect and returns it, or None for "not mine, ask the next". The words that decide whether we may write to
somebody at all (STOP, START, HELP) are messaging's own and come before any handler.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from messaging.gate import Decision
from messaging.models import Message, MessageState


@dataclass(frozen=True, slots=True)
class Inbound:
    """A stored text. `words` are upper case, without accents and punctuation; `decision` is the gate's on answering it."""

    id: int
    provider_id: str
    address_id: int
    phone: str
    sender_id: int | None
    text: str
    words: tuple[str, ...]
    language: str
    received_at: datetime
    opted_out: bool
    request_id: str
    decision: Decision


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was stored; an empty text means silence."""

    kind: str
    text: str

    @classmethod
    def of(cls, message: Message) -> "Reply":
        """What the row lets us say: its text if the gate allowed it."""
        return cls(message.kind, message.text if message.state == MessageState.ANSWERED else "")


class Step(IntEnum):
    """The order in which handlers are asked (api.md, SMS grammar)."""

    YES = 1
    VERB = 2
    DIGITS = 3
    KEYWORD = 4
    NAME = 5


Handle = Callable[[Inbound], Awaitable[Reply | None]]


@dataclass(frozen=True, slots=True)
class Handler:
    step: Step
    verbs: frozenset[str]
    handle: Handle

    def concerns(self, words: tuple[str, ...]) -> bool:
        """Whether this handler is asked about a text of these words."""
        match self.step:
            case Step.YES:
                return words == ("YES",)
            case Step.VERB:
                return bool(words) and words[0] in self.verbs
            case Step.DIGITS:
                return len(words) == 1 and words[0].isdecimal()
            case Step.KEYWORD:
                return len(words) == 1
            case Step.NAME:
                return bool(words)


_handlers: list[Handler] = []


def register(*, step: Step, handle: Handle, verbs: tuple[str, ...] = ()) -> None:
    """Ask `handle` at this step; VERB handlers only about texts whose first word is one of `verbs` (upper case)."""
    if (step is Step.VERB) != bool(verbs):
        raise ValueError("verbs belong to handlers of Step.VERB, and those need some")
    _handlers.append(Handler(step, frozenset(verbs), handle))
    _handlers.sort(key=lambda handler: handler.step)


async def ask(inbound: Inbound) -> Reply | None:
    """The first handler's answer, or None when the text concerns nobody."""
    for handler in _handlers:
        if handler.concerns(inbound.words) and (reply := await handler.handle(inbound)):
            return reply
    return None
