"""What is done about a stored text, in the order of api.md: what was answered before, our own words, handlers, help."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from channels.db import database_sync_to_async

from accounts.platform_settings import SENDING
from messaging.gate import Decision, GateFacts, decide
from messaging.inbound import Inbound, Reply, ask
from messaging.inbound_store import StoredText
from messaging.languages import language_of
from messaging.models import Channel, Purpose
from messaging.services import own_words
from messaging.words import HELP_WORDS, START_WORDS, STOP_WORDS, words_of

SILENCE: Final = Reply("", "")


async def reply_to(text: StoredText, *, now: datetime) -> Reply:
    """The answer to this text, stored by the time it is returned; a repeat's is what was answered before.

    Texts to numbers that are not ours, and those our own numbers sent, are met with silence: nobody is there to answer to.
    """
    if text.reply is not None:
        return Reply(text.reply.kind, text.reply.text)
    if text.sender_id is None or text.from_ourselves:
        return SILENCE
    inbound = _inbound(text, now)
    if own := await _own_word(text, inbound, now):
        return own
    if inbound.opted_out:
        return await _in_thread(own_words.stay_silent, inbound=inbound, now=now)
    return await ask(inbound) or await _in_thread(own_words.not_understood, inbound=inbound, now=now)


async def _own_word(text: StoredText, inbound: Inbound, now: datetime) -> Reply | None:
    """The answer to STOP, to START by somebody who opted out, to HELP; None for anything else."""
    (word,) = inbound.words if len(inbound.words) == 1 else ("",)
    provider_answers = text.provider_answers_stop or bool(text.opt_out_type)
    if word in STOP_WORDS:
        service: Callable[..., Reply] = own_words.stop
    elif word in START_WORDS and inbound.opted_out:
        service = own_words.start
    elif word in HELP_WORDS:
        service = own_words.give_help
    else:
        return None
    return await _in_thread(service, inbound=inbound, provider_answers=provider_answers, now=now)


async def _in_thread(service: Callable[..., Reply], **arguments: Any) -> Reply:
    """A service on a thread of the pool, whose database connection is given back afterwards."""
    reply: Reply = await database_sync_to_async(service, thread_sensitive=False)(**arguments)
    return reply


def _inbound(text: StoredText, now: datetime) -> Inbound:
    language = language_of(phone=text.phone, known=text.language, sender=text.sender_language)
    return Inbound(
        id=text.id,
        provider_id=text.provider_id,
        address_id=text.address_id,
        phone=text.phone,
        sender_id=text.sender_id,
        text=text.text,
        words=words_of(text.text, language),
        language=language,
        received_at=text.received_at,
        opted_out=text.opted_out,
        request_id=text.request_id,
        decision=_decision(text, now),
    )


def _decision(text: StoredText, now: datetime) -> Decision:
    """The gate's on answering it at all, for handlers that store their reply in SQL."""
    return decide(
        GateFacts(
            now=now,
            channel=Channel.SMS,
            purpose=Purpose.REPLY,
            kind="",
            sending_enabled=SENDING.value(),
            sender_active=text.sender_active,
            opted_out=text.opted_out,
            consent=None,
            unreachable=False,
            provider_answers=bool(text.opt_out_type),
        )
    )
