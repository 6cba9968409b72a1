"""Texts about votes: a ballot number, VOTE and a number or name, an artist's name, RECEIPT and a code.

A vote is for the open round of the event this phone last joined. Ballot and reply are stored together by the ballot box,
so a text that comes again finds its reply, or finds nothing done and is done once more.
"""

import hashlib
from collections.abc import Callable

from channels.db import database_sync_to_async

from messaging import process as messaging_process
from messaging.inbound import Inbound, Reply, Step, register
from messaging.reply_sql import reply_decision
from messaging.services import replies
from voting import process, texts
from voting.ballot_papers import Line
from voting.choices import chosen, index_of_name
from voting.models import BallotChannel
from voting.receipts import receipt_named
from voting.vote import Answer, AttendeeNotConfirmed, Replies, RoundClosed, Vote
from voting.whereabouts import Place


def source_of(inbound_id: int) -> bytes:
    """The source of a vote that came as a text."""
    return hashlib.sha256(b"sms:%d" % inbound_id).digest()


async def vote_by_number(inbound: Inbound) -> Reply | None:
    """A ballot number alone; None from a phone that has joined nothing."""
    place = await process.current().whereabouts.of(inbound.address_id)
    return await _vote(inbound, place, inbound.words) if place else None


async def vote_by_verb(inbound: Inbound) -> Reply | None:
    """VOTE and a number or a name; None from a phone that has joined nothing."""
    place = await process.current().whereabouts.of(inbound.address_id)
    return await _vote(inbound, place, inbound.words[1:]) if place else None


async def vote_by_name(inbound: Inbound) -> Reply | None:
    """A name alone; None unless it is, or nearly is, the name of somebody on the event's ballot."""
    place = await process.current().whereabouts.of(inbound.address_id)
    if place is None:
        return None
    line = chosen(inbound.words, await _ballot(place))
    if line is None:
        names = await process.current().whereabouts.line_up(place.event_id)
        if index_of_name(inbound.words, names) is None:
            return None
    return await _vote(inbound, place, inbound.words)


async def _ballot(place: Place) -> tuple[Line, ...]:
    paper = await process.current().papers.of(place.round_id) if place.round_id else None
    return paper.lines if paper else ()


async def _vote(inbound: Inbound, place: Place, words: tuple[str, ...]) -> Reply:
    """Cast the vote these words stand for, or say why there is none to cast."""
    ballot = await _ballot(place)
    line = chosen(words, ballot)
    answers = texts.answers(inbound.language, event=place.event_title, artist=line.name if line else "", ballot=ballot)
    topic = f"event:{place.event_id}"
    if place.round_id is None:
        answer = answers[RoundClosed.code if place.confirmed else AttendeeNotConfirmed.code]
        return await _in_thread(_store, inbound, answer, topic)
    outcome = await process.current().box.cast(
        Vote(
            round_id=place.round_id,
            attendee_id=place.attendee_id,
            entry_id=line.entry_id if line else None,
            channel=BallotChannel.SMS.value,
            source=source_of(inbound.id),
            received_at=inbound.received_at,
            replies=Replies(
                inbound_id=inbound.id,
                address_id=inbound.address_id,
                sender_id=inbound.sender_id,
                topic=topic,
                language=inbound.language,
                decision=reply_decision(inbound),
                answers=answers,
            ),
        )
    )
    if outcome.reply is None:  # the same text was answered at the same moment elsewhere: what was said there stands
        return await messaging_process.current().reply_to(inbound.id) or Reply("", "")
    return Reply(outcome.reply.kind, outcome.reply.text)


async def look_up_receipt(inbound: Inbound) -> Reply | None:
    """RECEIPT and a code, from anyone; None without a code."""
    code = "".join(inbound.words[1:]).lower()
    return await _in_thread(_answer_receipt, inbound, code) if code else None


def _answer_receipt(inbound: Inbound, code: str) -> Reply:
    language, receipt = inbound.language, receipt_named(code)
    answer = texts.receipt_found(language, code, receipt) if receipt else texts.receipt_unknown(language)
    return _store(inbound, answer)


def _store(inbound: Inbound, answer: Answer, topic: str = "") -> Reply:
    message = replies.answer(inbound=inbound, kind=answer.kind, text=answer.text, topic=topic, now=inbound.received_at)
    return Reply.of(message)


async def _in_thread(service: Callable[..., Reply], *arguments: object) -> Reply:
    """On a thread of the pool, whose database connection is given back afterwards."""
    reply: Reply = await database_sync_to_async(service, thread_sensitive=False)(*arguments)
    return reply


register(step=Step.VERB, verbs=("VOTE",), handle=vote_by_verb)
register(step=Step.VERB, verbs=("RECEIPT",), handle=look_up_receipt)
register(step=Step.DIGITS, handle=vote_by_number)
register(step=Step.NAME, handle=vote_by_name)
