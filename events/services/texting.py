"""What a text about joining or leaving an event does, and what it is answered: effect and reply in one transaction.

A repeat of the same text waits for the first and gets its reply again, without a second effect.
"""

from collections.abc import Callable
from functools import wraps

from django.db import transaction

from accounts.actors import Actor, Via
from events import keywords, texts
from events.models import Event, EventAccess
from events.services.attendees import Asked, confirm_by_sms, join_by_sms, leave_by_sms
from messaging.inbound import Inbound, Reply
from messaging.models import InboundMessage, Message
from messaging.services import replies

Answer = Callable[[Inbound], Reply | None]


def answered_once(act: Answer) -> Answer:
    """Runs `act` in a transaction that holds the text's row, unless the text has its reply already."""

    @wraps(act)
    @transaction.atomic
    def answer(inbound: Inbound) -> Reply | None:
        InboundMessage.objects.select_for_update(no_key=True).only("pk").get(pk=inbound.id)
        given = Message.objects.filter(purpose_key=replies.purpose_key_of(inbound.id)).first()
        return Reply.of(given) if given else act(inbound)

    return answer


@answered_once
def join_named(inbound: Inbound) -> Reply | None:
    """JOIN and a keyword; None where the keyword is missing, or the number is none of ours."""
    named = inbound.words[1:]
    if not named or inbound.sender_id is None:
        return None
    event = keywords.event_to_join(sender_id=inbound.sender_id, words=named)
    return _join(inbound, event) if event else _unknown(inbound, inbound.sender_id, named)


@answered_once
def join_bare(inbound: Inbound) -> Reply | None:
    """A word that may be a keyword; None where it is not."""
    if inbound.sender_id is None:
        return None
    event = keywords.event_to_join(sender_id=inbound.sender_id, words=inbound.words)
    return _join(inbound, event) if event else None


@answered_once
def confirm_newest(inbound: Inbound) -> Reply | None:
    """YES; None where nothing waits for it."""
    attendee = confirm_by_sms(
        actor=_actor(inbound), phone_id=inbound.address_id, inbound_id=inbound.id, now=inbound.received_at
    )
    if attendee is None:
        return None
    return _reply(inbound, "join_confirmed", texts.join_confirmed(inbound.language, attendee), attendee.event)


@answered_once
def leave_named(inbound: Inbound) -> Reply | None:
    """LEAVE and a keyword; None where this phone never joined such an event."""
    keyword = "".join(inbound.words[1:])
    if not keyword:
        return None
    attendee = leave_by_sms(
        actor=_actor(inbound),
        keyword=keyword,
        phone_id=inbound.address_id,
        inbound_id=inbound.id,
        now=inbound.received_at,
    )
    if attendee is None:
        return None
    return _reply(inbound, "leave_done", texts.leave_done(inbound.language, attendee.event), attendee.event)


def _join(inbound: Inbound, event: Event) -> Reply:
    asked, attendee = join_by_sms(
        actor=_actor(inbound), event=event, phone_id=inbound.address_id, now=inbound.received_at
    )
    language = inbound.language
    if attendee is None:
        if event.access == EventAccess.PRIVATE and event.sender_id:  # not theirs to know of
            return _unknown(inbound, event.sender_id, (event.join_keyword,))
        return _reply(inbound, "join_invited", texts.join_invited(language, event), event)
    match asked:
        case Asked.NOW:
            return _reply(inbound, "join_ask", texts.join_ask(language, attendee), event)
        case Asked.BEFORE:
            return _reply(inbound, "confirm_first", texts.confirm_first(language, event.title), event)
        case _:
            return _reply(inbound, "join_already", texts.join_already(language, event), event)


def _unknown(inbound: Inbound, sender_id: int, words: tuple[str, ...]) -> Reply:
    suggestion = keywords.nearest(sender_id=sender_id, words=words)
    text = texts.join_unknown(inbound.language, "".join(words)[: keywords.LONGEST], suggestion)
    return _reply(inbound, "join_unknown", text)


def _reply(inbound: Inbound, kind: str, text: str, event: Event | None = None) -> Reply:
    topic = event.topic if event else ""
    return Reply.of(replies.answer(inbound=inbound, kind=kind, text=text, topic=topic, now=inbound.received_at))


def _actor(inbound: Inbound) -> Actor:
    return Actor(via=Via.SMS, request_id=inbound.request_id)
