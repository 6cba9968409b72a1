"""Messaging's own rows of the SMS table in api.md, through the signed webhook."""

import asyncio
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from messaging import inbound
from messaging.inbound import Inbound, Reply, Step, register
from messaging.models import Address, ConsentEvent, InboundMessage, Message, OptOut, Sender
from messaging.tests.factories import PLATFORM_NUMBER
from messaging.tests.texting import Upstairs, Webhook, new_sid

FAN = "+14155550123"
STOP_WORDS = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]


async def kinds() -> list[str]:
    """What was answered so far: kind and state, oldest first."""
    stored = Message.objects.order_by("id").values_list("kind", "state")
    return [f"{kind} {state}" async for kind, state in stored]


# --- What is stored, whatever is answered -------------------------------------------------------------------------------


async def test_a_text_is_stored_whole_before_it_is_answered(twilio: Webhook) -> None:
    sid = new_sid()
    assert await twilio.text("hello", phone=FAN, sid=sid, FromCity="Berlin", ApiVersion="2010-04-01") is not None
    text = await InboundMessage.objects.select_related("address", "sender").aget()
    assert (text.provider, text.provider_id, text.text, text.address.value) == ("twilio", sid, "hello", FAN)
    assert text.sender is not None
    assert text.sender.value == PLATFORM_NUMBER
    assert text.raw["FromCity"] == "Berlin"
    assert text.request_id
    reply = await Message.objects.aget()
    assert (reply.purpose_key, reply.state, reply.reply_to_id) == (f"reply:{text.pk}", "answered", text.pk)
    assert reply.decisions[0]["asked"] == "answer"


async def test_a_phone_is_one_address_however_often_it_texts(twilio: Webhook) -> None:
    await asyncio.gather(*(twilio.text(f"hello {number}", phone=FAN) for number in range(8)))
    assert await Address.objects.acount() == 1
    assert await InboundMessage.objects.acount() == 8


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
async def test_without_what_it_needs_it_is_malformed(twilio: Webhook, missing: str) -> None:
    fields = {"MessageSid": new_sid(), "From": FAN, "To": PLATFORM_NUMBER, "Body": "hello", missing: ""}
    assert (await twilio.post(fields)).status == 400
    assert not await InboundMessage.objects.aexists()


async def test_text_that_postgresql_cannot_store_is_stored_without_it(twilio: Webhook) -> None:
    await twilio.text("a\0b \U0001f600 <&>", phone=FAN)
    assert (await InboundMessage.objects.aget()).text == "ab \U0001f600 <&>"


async def test_a_number_that_texts_us_can_be_reached_again(twilio: Webhook) -> None:
    await Address.objects.acreate(channel="sms", value=FAN, unreachable_at=timezone.now(), unreachable_because="30005")
    await twilio.text("hello", phone=FAN)
    phone = await Address.objects.aget()
    assert (phone.unreachable_at, phone.unreachable_because) == (None, "")


async def test_a_text_to_a_number_that_is_not_ours_is_kept_and_met_with_silence(twilio: Webhook) -> None:
    assert await twilio.text("JOIN NIGHT", phone=FAN, to="+12025559999") is None
    assert (await InboundMessage.objects.aget()).sender_id is None
    assert await kinds() == []


async def test_our_own_numbers_are_never_answered(twilio: Webhook) -> None:
    """Two machines that answer each other would never stop."""
    await Sender.objects.acreate(channel="sms", value="+12025550101")
    assert await twilio.text("hello", phone="+12025550101") is None
    assert await kinds() == []


# --- STOP, START, HELP --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", [*STOP_WORDS, "stop", " Stop. ", "opt-out"])
async def test_stop_words_opt_out_at_once_and_are_confirmed_once(twilio: Webhook, word: str) -> None:
    assert "no more texts" in (await twilio.text(word, phone=FAN) or "")
    opt_out = await OptOut.objects.select_related("address", "sender").aget()
    assert (opt_out.address.value, opt_out.sender.value) == (FAN, PLATFORM_NUMBER)
    event = await ConsentEvent.objects.aget()
    assert (event.decision, event.purpose, event.source) == ("withdrawn", "all", "sms")
    assert event.inbound_id == (await InboundMessage.objects.aget()).pk

    assert await twilio.text(word, phone=FAN) is None
    assert await ConsentEvent.objects.acount() == 1


async def test_stop_comes_before_anything_else_is_looked_at(twilio: Webhook) -> None:
    upstairs = Upstairs()
    register(step=Step.NAME, handle=upstairs)
    await twilio.text("STOP", phone=FAN)
    assert upstairs.heard == []


@pytest.mark.parametrize("more", [{"OptOutType": "STOP"}, {}], ids=["OptOutType", "provider_answers_stop"])
async def test_where_twilio_answers_stop_itself_we_stay_silent(twilio: Webhook, more: dict[str, str]) -> None:
    await Sender.objects.acreate(channel="sms", value=PLATFORM_NUMBER, provider_answers_stop=not more)
    assert await twilio.text("STOP", phone=FAN, **more) is None
    assert await OptOut.objects.acount() == 1
    assert await kinds() == ["stop_done skipped"]


@pytest.mark.parametrize("word", ["START", "YES", "UNSTOP"])
async def test_start_words_undo_an_opt_out_and_do_nothing_else(twilio: Webhook, word: str) -> None:
    upstairs = Upstairs(kind="join_confirmed")
    register(step=Step.YES, handle=upstairs)
    await twilio.text("STOP", phone=FAN)
    assert "again" in (await twilio.text(word, phone=FAN) or "")
    assert not await OptOut.objects.aexists()
    assert upstairs.heard == []
    assert await ConsentEvent.objects.filter(decision="granted", purpose="all").acount() == 1


async def test_a_second_yes_confirms(twilio: Webhook) -> None:
    upstairs = Upstairs(kind="join_confirmed")
    register(step=Step.YES, handle=upstairs)
    await twilio.text("STOP", phone=FAN)
    await twilio.text("YES", phone=FAN)
    assert await twilio.text("YES", phone=FAN) == "join_confirmed 1"


@pytest.mark.parametrize("word", ["START", "UNSTOP", "YES"])
async def test_start_words_of_somebody_who_never_opted_out_get_help(twilio: Webhook, word: str) -> None:
    assert "STOP ends. Your texts: http" in (await twilio.text(word, phone=FAN) or "")
    assert not await ConsentEvent.objects.aexists()


@pytest.mark.parametrize("body", ["JOIN NIGHT", "3", "VOTE 3", "The Rockets", "LEAVE NIGHT", "hello"])
async def test_an_opted_out_phone_is_recorded_and_not_answered(twilio: Webhook, body: str) -> None:
    upstairs = Upstairs()
    for step in (Step.DIGITS, Step.KEYWORD, Step.NAME):
        register(step=step, handle=upstairs)
    register(step=Step.VERB, verbs=("JOIN", "VOTE", "LEAVE"), handle=upstairs)
    await twilio.text("STOP", phone=FAN)
    assert await twilio.text(body, phone=FAN) is None
    assert await InboundMessage.objects.acount() == 2
    assert await kinds() == ["stop_done answered", "unanswered skipped"]
    assert upstairs.heard == []


@pytest.mark.parametrize("word", ["HELP", "INFO", "help?"])
async def test_help_answers_at_once_even_somebody_who_opted_out(twilio: Webhook, word: str) -> None:
    assert "JOIN" in (await twilio.text(word, phone=FAN) or "")
    await twilio.text("STOP", phone=FAN)
    assert "JOIN" in (await twilio.text(word, phone=FAN) or "")


async def test_an_opt_out_is_from_the_number_it_was_sent_to(twilio: Webhook) -> None:
    await Sender.objects.acreate(channel="sms", value="+12025550101")
    await twilio.text("STOP", phone=FAN)
    assert await twilio.text("hello", phone=FAN, to="+12025550101") is not None


async def test_words_are_understood_and_answered_in_the_phones_language(twilio: Webhook) -> None:
    madrid = "+34600000001"
    await twilio.text("Baja", phone=madrid)
    assert await OptOut.objects.acount() == 1
    message = await Message.objects.aget()
    assert (message.kind, message.language) == ("stop_done", "es")


# --- What nobody understands --------------------------------------------------------------------------------------------


async def test_help_for_the_lost_three_times_an_hour_then_silence(twilio: Webhook) -> None:
    with time_machine.travel(timezone.now(), tick=True) as clock:
        answers = [await twilio.text(f"hm {number}", phone=FAN) for number in range(5)]
        assert [said is not None for said in answers] == [True, True, True, False, False]
        assert await twilio.text("HELP", phone=FAN) is not None  # who asks for it gets it
        assert await twilio.text("hm", phone="+14155550124") is not None
        clock.shift(timedelta(minutes=61))
        assert await twilio.text("hm again", phone=FAN) is not None


async def test_texts_that_come_at_once_get_no_fourth_help(twilio: Webhook) -> None:
    """Counted by rows under a lock on the address; each takes another thread and connection."""
    answers = await asyncio.gather(*(twilio.text(f"hm {number}", phone=FAN) for number in range(8)))
    assert sum(said is not None for said in answers) == 3


async def test_an_empty_text_gets_help(twilio: Webhook) -> None:
    assert await twilio.text("", phone=FAN) is not None


# --- Handlers of the apps above -----------------------------------------------------------------------------------------


async def test_handlers_are_asked_in_the_order_of_their_steps_until_one_answers(
    twilio: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound, "_handlers", [])
    asked = {step: Upstairs(kind=step.name, answers=step is Step.NAME) for step in Step}
    for step in reversed(Step):
        register(step=step, handle=asked[step], verbs=("NIGHT42",) if step is Step.VERB else ())
    assert await twilio.text("night42", phone=FAN) == "NAME 1"
    assert [step for step in Step if asked[step].heard] == [Step.VERB, Step.KEYWORD, Step.NAME]


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        ("YES", {Step.YES, Step.KEYWORD, Step.NAME}),
        ("vote 3", {Step.VERB, Step.NAME}),
        ("12", {Step.DIGITS, Step.KEYWORD, Step.NAME}),
        ("NIGHT42", {Step.KEYWORD, Step.NAME}),
        ("The Rockets", {Step.NAME}),
    ],
)
async def test_which_steps_a_text_concerns(twilio: Webhook, body: str, steps: set[Step]) -> None:
    asked = {step: Upstairs(answers=False) for step in Step}
    for step in Step:
        register(step=step, handle=asked[step], verbs=("VOTE",) if step is Step.VERB else ())
    await twilio.text(body, phone=FAN)
    assert {step for step in Step if asked[step].heard} == steps


async def test_a_handler_is_given_what_was_stored(twilio: Webhook) -> None:
    upstairs = Upstairs()
    register(step=Step.NAME, handle=upstairs)
    sid = new_sid()
    await twilio.text("Les Étoiles!", phone="+33612345678", sid=sid)
    (heard,) = upstairs.heard
    stored = await InboundMessage.objects.select_related("address", "sender").aget()
    assert (heard.id, heard.provider_id, heard.address_id, heard.sender_id) == (
        stored.pk,
        sid,
        stored.address_id,
        stored.sender_id,
    )
    assert (heard.text, heard.words, heard.language) == ("Les Étoiles!", ("LES", "ETOILES"), "fr")
    assert heard.received_at == stored.received_at
    assert not heard.opted_out
    assert heard.decision.allows


@pytest.mark.parametrize("verbs", [(), ("JOIN",)])
def test_verbs_belong_to_verbs(verbs: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="verbs"):
        register(step=Step.NAME if verbs else Step.VERB, handle=Upstairs(), verbs=verbs)


async def test_a_handlers_words_are_escaped(twilio: Webhook) -> None:
    async def handle(text: Inbound) -> Reply | None:
        return Reply("vote_accepted", "AC/DC <live> & \x07loud")

    register(step=Step.NAME, handle=handle)
    assert await twilio.text("AC/DC", phone=FAN) == "AC/DC <live> & loud"


async def test_with_the_kill_switch_on_the_effect_happens_and_nobody_is_answered(
    twilio: Webhook, settings: Settings
) -> None:
    settings.SENDING_ENABLED = False
    upstairs = Upstairs()
    register(step=Step.DIGITS, handle=upstairs)
    assert await twilio.text("3", phone=FAN) is None
    assert len(upstairs.heard) == 1
    assert not upstairs.heard[0].decision.allows
    assert await kinds() == ["vote_accepted skipped"]


async def test_where_twilio_answered_the_effect_happens_without_a_second_answer(twilio: Webhook) -> None:
    """YES is an opt-in word to Twilio, and a confirmation to us."""
    upstairs = Upstairs(kind="join_confirmed")
    register(step=Step.YES, handle=upstairs)
    assert await twilio.text("YES", phone=FAN, OptOutType="START") is None
    assert len(upstairs.heard) == 1
