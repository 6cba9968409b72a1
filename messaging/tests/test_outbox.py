from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from config.lib import redis
from messaging.content import content_of
from messaging.facts import gate_facts
from messaging.models import Address, Channel, ConsentSource, Lane, Message, MessageState, Purpose
from messaging.services import consent
from messaging.services.outbox import ChannelNotOffered, queue
from messaging.tasks import deliver
from messaging.tests.factories import MailboxFactory, MessageFactory, PhoneFactory, SenderFactory


def queue_text(address: Address, now: datetime, **given: Any) -> Message:
    fields = {"purpose_key": "code:1", "kind": "code", "purpose": Purpose.ACCOUNT, "text": "Your code is 1234"}
    return queue(address=address, channel=Channel.SMS, now=now, **(fields | given))


@pytest.mark.django_db
def test_a_message_is_a_row_with_the_gates_decision(now: datetime) -> None:
    message = queue_text(PhoneFactory.create(), now, sender=SenderFactory.create(), topic="user:1", language="es")
    assert (message.state, message.topic, message.language) == (MessageState.QUEUED, "user:1", "es")
    assert message.decisions == [{"asked": "plan", "at": now.isoformat(), "outcome": "allow", "rules": 2}]


@pytest.mark.django_db
def test_the_same_reason_makes_one_message(now: datetime) -> None:
    phone = PhoneFactory.create()
    first = queue_text(phone, now)
    again = queue_text(phone, now + timedelta(hours=1), text="other words")
    assert again == first
    assert again.text == "Your code is 1234"
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_reason_from_two_connections_at_once_makes_one_message(now: datetime) -> None:
    phone, together = PhoneFactory.create(), Barrier(2)

    def one(words: str) -> tuple[int, str]:
        try:
            with transaction.atomic():
                together.wait()
                message = queue_text(phone, now, text=words)
            return message.pk, message.text
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(one, ["one", "two"])
    assert first == second
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_what_the_gate_refuses_is_kept_with_its_reason(now: datetime) -> None:
    phone, sender = PhoneFactory.create(), SenderFactory.create()
    consent.opt_out(address=phone, sender=sender, source=ConsentSource.SMS, now=now)
    message = queue_text(phone, now, sender=sender)
    assert (message.state, message.settled_at) == (MessageState.SKIPPED, now)
    assert message.decisions[0]["reason"] == "opted_out"


@pytest.mark.django_db
def test_the_kill_switch_holds_new_messages(now: datetime, settings: Settings) -> None:
    settings.SENDING_ENABLED = False
    message = queue_text(PhoneFactory.create(), now)
    assert (message.state, message.not_before) == (MessageState.HELD, now + timedelta(minutes=1))


@pytest.mark.django_db
def test_a_later_start_survives_a_hold(now: datetime, settings: Settings) -> None:
    settings.SENDING_ENABLED = False
    later = now + timedelta(days=1)
    assert queue_text(PhoneFactory.create(), now, not_before=later).not_before == later


@pytest.mark.django_db
@pytest.mark.parametrize("channel", [Channel.PUSH, Channel.WEBHOOK, Channel.IN_APP])
def test_a_channel_without_a_provider_is_not_offered(now: datetime, channel: Channel) -> None:
    address = Address.objects.create(channel=channel, value="somewhere")
    with pytest.raises(ChannelNotOffered):
        queue(purpose_key="x", kind="k", purpose=Purpose.ACCOUNT, channel=channel, address=address, text="t", now=now)


@pytest.mark.django_db
def test_texts_are_not_offered_without_a_provider(now: datetime, settings: Settings) -> None:
    settings.SMS_PROVIDER = ""
    with pytest.raises(ChannelNotOffered):
        queue_text(PhoneFactory.create(), now)


@pytest.mark.django_db
def test_sealed_content_is_unreadable_in_the_row_and_whole_for_the_worker(now: datetime) -> None:
    message = queue(
        purpose_key="mail:1",
        kind="account",
        purpose=Purpose.ACCOUNT,
        channel=Channel.EMAIL,
        address=MailboxFactory.create(),
        subject="Sign in",
        text="https://fanfare.test/secret-link",
        html="<a href='https://fanfare.test/secret-link'>Sign in</a>",
        headers={"From": "hello@fanfare.test"},
        sealed=True,
        now=now,
    )
    row = Message.objects.filter(pk=message.pk).values("subject", "text", "html", "headers").get()
    assert "secret-link" not in str(row)
    assert (row["subject"], row["html"], row["headers"]) == ("", "", {})
    content = content_of(message)
    assert content.text == "https://fanfare.test/secret-link"
    assert (content.subject, content.headers) == ("Sign in", {"From": "hello@fanfare.test"})


@pytest.mark.django_db
def test_the_twenty_first_equal_text_within_five_minutes_is_a_loop(now: datetime) -> None:
    phone = PhoneFactory.create()
    texts = [queue_text(phone, now, purpose_key=f"echo:{number}") for number in range(21)]
    assert [text.state for text in texts] == [MessageState.QUEUED] * 20 + [MessageState.SKIPPED]
    assert texts[-1].decisions[0]["reason"] == "loop"
    assert queue_text(phone, now, purpose_key="other", text="Something else").state == MessageState.QUEUED
    assert queue_text(PhoneFactory.create(), now, purpose_key="somebody").state == MessageState.QUEUED
    later = now + timedelta(minutes=6)
    assert queue_text(phone, later, purpose_key="later").state == MessageState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_in_the_messages_lane_after_the_commit(now: datetime) -> None:
    broker = redis.sync_client()
    with transaction.atomic():
        queue_text(PhoneFactory.create(), now, lane=Lane.CRITICAL)
        assert broker.llen("critical") == 0
    assert broker.llen("critical") == 1
    with transaction.atomic():
        queue_text(PhoneFactory.create(), now, purpose_key="later", not_before=now + timedelta(hours=1))
    assert broker.llen("default") == 0  # the clock finds it when it is due


@pytest.mark.django_db(transaction=True)
def test_a_message_rolled_back_was_never_there(now: datetime) -> None:
    with transaction.atomic():
        queue_text(PhoneFactory.create(), now)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert redis.sync_client().llen("default") == 0


@pytest.mark.django_db
def test_facts_of_many_messages_cost_as_many_queries_as_those_of_one(
    now: datetime, django_assert_num_queries: Any
) -> None:
    one = Message.objects.select_related("address", "sender").filter(pk=MessageFactory.create(purpose="event").pk)
    with django_assert_num_queries(4):
        gate_facts(list(one), now=now)
    MessageFactory.create_batch(3, purpose="event")
    with django_assert_num_queries(4):
        gate_facts(list(Message.objects.select_related("address", "sender")), now=now)


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_message_is_stored_all_the_same(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_arguments: Any, **_options: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(deliver, "apply_async", away)
    message = queue_text(PhoneFactory.create(), now)
    assert Message.objects.get() == message
