"""Repeats of one MessageSid, and the database away: the first answer again, byte for byte, and no effect twice."""

import asyncio
from datetime import timedelta

import pytest
import time_machine
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone
from psycopg import AsyncConnection

from config.lib.raw_connection import connection_parameters
from config.lib.tests.edge_driver import Answer
from messaging.inbound import Inbound, Reply, Step, register
from messaging.models import InboundMessage, Message, OptOut
from messaging.services.replies import answer
from messaging.tests.factories import PLATFORM_NUMBER
from messaging.tests.texting import Upstairs, Webhook, new_sid, spoken

FAN = "+14155550123"
NOBODY_LISTENS = 1


async def post(twilio: Webhook, sid: str, body: str) -> Answer:
    return await twilio.post({"MessageSid": sid, "From": FAN, "To": PLATFORM_NUMBER, "Body": body})


@pytest.mark.parametrize("body", ["STOP", "HELP", "hello", "3"])
async def test_a_repeat_gets_the_first_answer_byte_for_byte_and_does_nothing(twilio: Webhook, body: str) -> None:
    upstairs = Upstairs()
    register(step=Step.DIGITS, handle=upstairs)
    sid = new_sid()
    first = await post(twilio, sid, body)
    again = [await post(twilio, sid, body) for _time in range(3)]
    assert {repeat.body for repeat in again} == {first.body}
    assert await InboundMessage.objects.acount() == 1
    assert await Message.objects.acount() == 1
    assert len(upstairs.heard) <= 1


async def test_silence_is_repeated_too(twilio: Webhook) -> None:
    """The fourth unknown text of an hour gets silence, and its repeat an hour later is not a new question."""
    with time_machine.travel(timezone.now(), tick=True) as clock:
        sids = [new_sid() for _number in range(4)]
        answers = [spoken(await post(twilio, sid, "hm")) for sid in sids]
        assert answers[3] is None
        clock.shift(timedelta(hours=2))
        assert spoken(await post(twilio, sids[3], "hm")) is None


async def test_a_late_repeat_of_a_stop_does_not_undo_a_start(twilio: Webhook) -> None:
    sid = new_sid()
    await post(twilio, sid, "STOP")
    await twilio.text("START", phone=FAN)
    assert "no more texts" in (spoken(await post(twilio, sid, "STOP")) or "")
    assert not await OptOut.objects.aexists()


async def test_a_repeat_while_the_first_is_being_answered_waits_for_that_answer(twilio: Webhook) -> None:
    heard: list[Inbound] = []
    begun, finish = asyncio.Event(), asyncio.Event()

    async def slow(text: Inbound) -> Reply | None:
        heard.append(text)
        begun.set()
        await finish.wait()
        return Reply("vote_accepted", "Counted.")

    register(step=Step.DIGITS, handle=slow)
    sid = new_sid()
    both = [asyncio.create_task(post(twilio, sid, "3")) for _time in range(2)]
    await begun.wait()
    finish.set()
    first, second = await asyncio.gather(*both)
    assert first.body == second.body
    assert len(heard) == 1


async def test_a_text_whose_answer_was_never_stored_is_acted_on_once_more(twilio: Webhook) -> None:
    """The crash between the inbound row and the reply: the row is there, the repeat does the work."""
    fails = True

    async def handle(text: Inbound) -> Reply | None:
        if fails:
            raise RuntimeError
        message = await database_sync_to_async(answer, thread_sensitive=False)(
            inbound=text, kind="vote_accepted", text="Counted.", now=timezone.now()
        )
        return Reply.of(message)

    register(step=Step.DIGITS, handle=handle)
    sid = new_sid()
    assert (await post(twilio, sid, "3")).status == 500
    assert await InboundMessage.objects.acount() == 1
    fails = False
    assert spoken(await post(twilio, sid, "3")) == "Counted."
    assert await InboundMessage.objects.acount() == 1


async def test_two_processes_answering_the_same_text_give_the_same_answer(twilio: Webhook) -> None:
    """Both act before either has stored a reply; the reply that is stored first is given by both."""
    upstairs = Upstairs()
    both_heard = asyncio.Barrier(2)

    async def together(text: Inbound) -> Reply | None:
        await both_heard.wait()
        return await upstairs(text)

    register(step=Step.DIGITS, handle=together)
    sid = new_sid()
    twilio.process._answering = _Forgetful()  # two processes share no memory
    first, second = await asyncio.gather(post(twilio, sid, "3"), post(twilio, sid, "3"))
    assert first.body == second.body
    assert len(upstairs.heard) == 2
    assert await Message.objects.acount() == 1


class _Forgetful(dict[str, "asyncio.Future[Reply]"]):
    def get(self, key: str, default: object = None) -> None:  # type: ignore[override]  # a control: nothing is known
        return None

    def __delitem__(self, key: str) -> None:
        self.pop(key, None)


# --- The database away --------------------------------------------------------------------------------------------------


async def test_while_the_database_is_away_twilio_is_asked_to_come_back(
    twilio: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    await twilio.text("hello", phone=FAN)
    sid = new_sid()
    async with await AsyncConnection.connect(**connection_parameters()) as other:
        await other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND query LIKE '%messaging_inboundmessage%'"
        )
    with monkeypatch.context() as away:
        away.setitem(settings.DATABASES["default"], "PORT", NOBODY_LISTENS)
        answer = await post(twilio, sid, "hello again")
    assert answer.status == 503
    assert answer.error == "UNAVAILABLE"
    while answer.status == 503:  # until it tries to connect once more
        answer = await post(twilio, sid, "hello again")
    assert spoken(answer) is not None
    assert await InboundMessage.objects.acount() == 2
