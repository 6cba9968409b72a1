"""What the console shows of messages: to whom, how far they came, and why not further. In words."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.policies import sees_everything
from messaging.failures import failure_of
from messaging.models import InboundMessage, Message, MessageState


class Way(NamedTuple):
    """A page of the console about what a message is about, or for whom."""

    name: str
    href: str


TopicsOf = Callable[[Actor], "QuerySet[Any, Any]"]
WaysOf = Callable[[str, int], Sequence[Way]]
_VOTE: Final = _("A vote. Nobody looks up who voted for whom.")
_SEALED: Final = _("Sealed: shown to nobody.")
_LINK: Final = _("[a link of their own]")
_ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)

_topics: list[TopicsOf] = []
_ways: list[WaysOf] = []
_VOTES: Final = ("vote_", "receipt_", "round_closed", "confirm_first")  # kinds of answers to a vote, or about one
_FAILED: Final = (MessageState.FAILED, MessageState.UNDELIVERED, MessageState.UNCERTAIN)
_SKIPPED: Final[dict[str, str | Promise]] = {
    "sending_stopped": _("Sending was switched off."),
    "sender_inactive": _("The sender is switched off."),
    "provider_answers": _("The provider has answered by itself."),
    "consent_withdrawn": _("They asked for no such messages."),
    "no_consent": _("They have not agreed to such messages."),
    "opted_out": _("They replied STOP."),
    "turned_off": _("They turned such messages off in their account."),
    "unreachable": _("The address cannot be reached."),
    "too_often": _("They had been written to too often."),
    "loop": _("It answered an automatic answer."),
    "expired": _("It was too late for it."),
}

_OUTCOMES: Final[dict[str, str | Promise]] = {
    "allow": _("May be sent."),
    "hold": _("Held back until later."),
    "skip": _("Not to be sent."),
}


def register_topics(topics_of: TopicsOf, ways_of: WaysOf) -> None:
    """`topics_of` gives the topics, a query of one column, whose messages an organizer may read; `ways_of` takes a topic and
    an address, and leads to what the one is and whose the other.
    """
    _topics.append(topics_of)
    _ways.append(ways_of)


def ways_of(topic: str, address_id: int) -> list[Way]:
    """Where to read on: what it is about first. Nothing for topics that no app knows."""
    return [way for lead in _ways for way in lead(topic, address_id)]


def messages_seen_by(actor: Actor) -> "QuerySet[Message]":
    """Everything for an admin; for others what was written about their own."""
    if sees_everything(actor):
        return Message.objects.all()
    theirs = Q(pk__in=[])
    for topics_of in _topics:
        theirs |= Q(topic__in=topics_of(actor))
    return Message.objects.filter(theirs)


def texts_seen_by(actor: Actor) -> "QuerySet[InboundMessage]":
    """Everything for an admin; for others the texts that were answered about their own."""
    if sees_everything(actor):
        return InboundMessage.objects.all()
    answered = messages_seen_by(actor).filter(reply_to__isnull=False)
    return InboundMessage.objects.filter(pk__in=answered.values("reply_to"))


def words_of(message: Message) -> str | Promise:
    """What it says, as far as anybody but its reader may know."""
    if message.sealed:
        return _SEALED
    return _VOTE if _tells_a_vote(message) else _without_links("\n".join(filter(None, (message.subject, message.text))))


def words_of_text(text: InboundMessage, answers: Iterable[Message]) -> str | Promise:
    """What somebody texted, as far as others may know; `answers` are our replies to it."""
    return _VOTE if any(map(_tells_a_vote, answers)) else _without_links(text.text)


def _without_links(words: str) -> str:
    """Whoever has the code of a personal link acts for its owner: joins, votes, chooses what comes."""
    return _ADDRESS.sub(str(_LINK), words)


def _tells_a_vote(message: Message) -> bool:
    """Whether its words say what somebody voted for."""
    return message.kind.startswith(_VOTES)


def why_not(message: Message) -> str | Promise:
    """Why it came no further: the provider's error, or what our own gate said; "" while all is well."""
    if message.state in _FAILED:
        return failure_of(message.error_code).words
    if message.state == MessageState.SKIPPED and message.decisions:
        reason: str = message.decisions[-1].get("reason", "")
        return _SKIPPED.get(reason, reason)
    return ""


def decisions_of(message: Message) -> list[tuple[str, str]]:
    """(when the gate was asked, what it said and why), from the first time to the last."""
    return [
        (
            date_format(localtime(datetime.fromisoformat(said["at"])), "DATETIME_FORMAT"),
            f"{_OUTCOMES.get(said['outcome'], said['outcome'])} {_reason(said.get('reason', ''))}".strip(),
        )
        for said in message.decisions
    ]


def _reason(code: str) -> str | Promise:
    return _SKIPPED.get(code, code)
