"""The stored reply: once per text, through the service and through SQL."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.template import TemplateDoesNotExist
from pytest_django import Settings

from config.lib.public_ids import new_public_id
from messaging import texts
from messaging.gate import ALLOW, Decision, Outcome
from messaging.inbound import Inbound, Reply
from messaging.links import preferences_link
from messaging.models import InboundMessage, Message, MessageState, OptOut
from messaging.reply_sql import REPLY_COLUMNS, insert_replies, reply_decision
from messaging.segments import segments_of
from messaging.services import own_words
from messaging.services.replies import answer
from messaging.tests.factories import InboundFactory, SenderFactory
from messaging.twiml import twiml


def heard(text: InboundMessage, *, decision: Decision = ALLOW) -> Inbound:
    return Inbound(
        id=text.pk,
        provider_id=text.provider_id,
        address_id=text.address_id,
        phone=text.address.value,
        sender_id=text.sender_id,
        text=text.text,
        words=(),
        language="es",
        received_at=text.received_at,
        opted_out=False,
        request_id="",
        decision=decision,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("form", [lambda text: text, lambda text: text.pk, heard], ids=["row", "id", "inbound"])
def test_a_reply_is_stored_with_what_it_answers(now: datetime, form: object) -> None:
    text = InboundFactory.create()
    message = answer(inbound=form(text), kind="vote_accepted", text="Counted.", topic="event:1", now=now)  # type: ignore[operator]  # a table of functions
    assert (message.state, message.purpose_key) == (MessageState.ANSWERED, f"reply:{text.pk}")
    assert (message.address, message.sender, message.reply_to) == (text.address, text.sender, text)
    assert (message.topic, message.purpose, message.language) == ("event:1", "reply", "en")
    assert Reply.of(message) == Reply("vote_accepted", "Counted.")


@pytest.mark.django_db
def test_the_first_reply_stands(now: datetime) -> None:
    text = InboundFactory.create()
    first = answer(inbound=text, kind="vote_accepted", text="Counted.", now=now)
    assert answer(inbound=text, kind="vote_duplicate", text="Already counted.", now=now) == first
    assert Message.objects.get().text == "Counted."


@pytest.mark.django_db(transaction=True)
def test_of_two_replies_at_once_both_are_given_the_first(now: datetime) -> None:
    text, together = InboundFactory.create(), Barrier(2)

    def reply(words: str) -> str:
        try:
            with transaction.atomic():
                together.wait()
                return answer(inbound=text.pk, kind="vote_accepted", text=words, now=now).text
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(reply, ["one", "two"])
    assert first == second == Message.objects.get().text


@pytest.mark.django_db
def test_a_reply_the_gate_stops_is_kept_and_said_to_nobody(now: datetime) -> None:
    sender = SenderFactory.create()
    text = InboundFactory.create(sender=sender)
    OptOut.objects.create(address=text.address, sender=sender, since=now)
    message = answer(inbound=text, kind="vote_accepted", text="Counted.", now=now)
    assert (message.state, message.decisions[0]["reason"]) == (MessageState.SKIPPED, "opted_out")
    assert Reply.of(message).text == ""


# --- The same in SQL ----------------------------------------------------------------------------------------------------


def insert(inbound: Inbound, text: str = "Contada.") -> list[tuple[int, str, str]]:
    """As an engine does it that stores a reply in the statement of its cause."""
    given = {
        "inbound_id": inbound.id,
        "address_id": inbound.address_id,
        "sender_id": inbound.sender_id,
        "public_id": new_public_id(),
        "kind": "vote_accepted",
        "topic": "event:1",
        "text": text,
        "language": inbound.language,
        "decision": json.loads(reply_decision(inbound)),
    }
    assert set(given) == set(REPLY_COLUMNS)
    types = "inbound_id bigint, address_id bigint, sender_id bigint, public_id text, kind text, topic text, text text, language text, decision jsonb"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH r AS (SELECT * FROM json_to_recordset(%s::json) AS t ({types})) {insert_replies('r')}",
            [json.dumps([given])],
        )
        rows: list[tuple[int, str, str]] = cursor.fetchall()
        return rows


@pytest.mark.django_db
def test_a_reply_in_sql_is_the_row_the_service_would_have_made(now: datetime) -> None:
    by_service, by_sql = InboundFactory.create(), InboundFactory.create()
    answer(inbound=by_service, kind="vote_accepted", text="Contada.", topic="event:1", now=now)
    assert insert(replace(heard(by_sql), language="en")) == [(by_sql.pk, "answered", "Contada.")]
    own = {"id", "public_id", "purpose_key", "address_id", "reply_to_id"}
    times = {"created_at", "not_before", "settled_at", "decisions"}
    first, second = Message.objects.order_by("id")
    compared = [field.attname for field in Message._meta.concrete_fields if field.attname not in own | times]
    assert [getattr(first, name) for name in compared] == [getattr(second, name) for name in compared]
    assert second.decisions[0]["outcome"] == "allow"
    assert (second.purpose_key, second.reply_to_id) == (f"reply:{by_sql.pk}", by_sql.pk)


@pytest.mark.django_db
def test_a_reply_in_sql_is_stored_once(now: datetime) -> None:
    text = heard(InboundFactory.create())
    assert insert(text)
    assert insert(text, "Otra cosa.") == []
    assert Message.objects.get().text == "Contada."


@pytest.mark.django_db
def test_a_reply_in_sql_the_gate_stopped_is_skipped() -> None:
    text = heard(InboundFactory.create(), decision=Decision(Outcome.SKIP, "sending_stopped"))
    assert [state for _pk, state, _text in insert(text)] == ["skipped"]
    assert Message.objects.get().decisions[0]["reason"] == "sending_stopped"


# --- Words and markup ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["help", "stop_done", "start_done"])
@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_our_own_texts_fit_one_segment(name: str, language: str) -> None:
    """160 characters of GSM 03.38, which every letter of our English texts is in."""
    assert 0 < len(texts.render(name, language)) <= 160


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize(
    ("public_url", "with_link"), [("https://fanfare.example", True), (f"https://{'fan' * 20}.example", False)]
)
@pytest.mark.django_db
def test_help_leads_to_the_phones_own_page_where_one_segment_holds_that(
    settings: Settings, now: datetime, public_url: str, with_link: bool, language: str
) -> None:
    settings.PUBLIC_URL = public_url
    inbound = replace(heard(InboundFactory.create(text="HELP")), language=language)
    reply = own_words.give_help(inbound=inbound, provider_answers=False, now=now)
    link = preferences_link(inbound.address_id, now=now)
    assert (link in reply.text) == with_link
    assert segments_of(reply.text) == 1
    assert "STOP" in reply.text


def test_a_text_nobody_wrote_is_an_error() -> None:
    with pytest.raises(TemplateDoesNotExist):
        texts.render("nothing", "en")


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("", "<Response/>"),
        ("Hi", "<Response><Message>Hi</Message></Response>"),
        ('<b> & "co"', '<Response><Message>&lt;b&gt; &amp; "co"</Message></Response>'),
        ("a\x00\x0b\ufffeb", "<Response><Message>ab</Message></Response>"),
        ("\U0001f3b8 é", "<Response><Message>\U0001f3b8 é</Message></Response>"),
    ],
)
def test_twiml(text: str, markup: str) -> None:
    assert twiml(text).decode() == f'<?xml version="1.0" encoding="UTF-8"?>{markup}'
