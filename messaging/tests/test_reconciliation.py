"""Messages a crash or a lost answer left unclear: looked up, never sent again on a guess."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings as django_settings
from django.db.models import F
from pytest_django import Settings

from config.tests.live_server import eventually
from messaging import delivery, reconciliation, tasks
from messaging.models import Lane, Message, MessageState
from messaging.services import outcomes
from messaging.tests.factories import MailboxFactory, MessageFactory, PhoneFactory, sent, submitting
from messaging.tests.twilio_server import ACCOUNT, TwilioServer


def deliver() -> None:
    delivery.deliver_batch(Lane.DEFAULT, now=datetime.now(UTC))


def look_up(message: Message) -> Message:
    """The message after it was looked up, when that was due."""
    reconciliation.look_up_uncertain(now=Message.objects.get(pk=message.pk).not_before)
    message.refresh_from_db()
    return message


def age(message: Message, by: timedelta) -> None:
    """As if it had been handed over so much earlier."""
    Message.objects.filter(pk=message.pk).update(submitted_at=F("submitted_at") - by)


def uncertain(server: TwilioServer, how: str) -> Message:
    server.script.append(how)
    message: Message = MessageFactory.create()
    deliver()
    message.refresh_from_db()
    assert message.state == MessageState.UNCERTAIN
    return message


@pytest.mark.django_db
def test_a_lease_that_ran_out_makes_a_message_uncertain() -> None:
    now = datetime.now(UTC)
    abandoned, in_hand = submitting(leased_until=now - timedelta(seconds=1)), submitting()
    assert reconciliation.give_up_expired_leases(now=now) == 1
    abandoned.refresh_from_db()
    in_hand.refresh_from_db()
    assert (abandoned.state, abandoned.error_code) == (MessageState.UNCERTAIN, "lease_expired")
    assert in_hand.state == MessageState.SUBMITTING


@pytest.mark.parametrize("how", ["cut", "garbage", "slow"], indirect=True)
def test_what_twilio_has_is_found_and_not_sent_again(server: TwilioServer, how: str) -> None:
    message = look_up(uncertain(server, how))
    assert (message.state, message.provider_id) == (MessageState.SENT, server.taken[0]["sid"])
    assert len(server.taken) == 1


def test_the_message_found_is_not_one_that_is_known_to_be_another(server: TwilioServer) -> None:
    """Two equal texts to one phone: the first was taken and answered, the second cut off before it arrived."""
    phone = PhoneFactory.create()
    MessageFactory.create(address=phone, text="Doors are open")
    deliver()
    server.script.append("gone")
    second = MessageFactory.create(address=phone, text="Doors are open")
    deliver()
    look_up(second)
    assert second.state == MessageState.UNCERTAIN
    assert second.provider_id == ""


def test_what_is_not_listed_yet_is_not_sent_again(server: TwilioServer) -> None:
    message = look_up(uncertain(server, "gone"))
    assert message.state == MessageState.UNCERTAIN
    assert len(server.requests) == 1


def test_what_twilio_certainly_never_took_is_sent_again(server: TwilioServer) -> None:
    message = uncertain(server, "gone")
    age(message, timedelta(minutes=3))
    assert look_up(message).state == MessageState.QUEUED
    deliver()
    message.refresh_from_db()
    assert (message.state, message.attempt) == (MessageState.SENT, 2)
    assert len(server.taken) == 1


def test_after_three_attempts_that_were_never_taken_it_has_failed(server: TwilioServer) -> None:
    message = uncertain(server, "gone")
    Message.objects.update(attempt=3)
    age(message, timedelta(minutes=3))
    message = look_up(message)
    assert (message.state, message.error_code) == (MessageState.FAILED, "never_taken")


def test_while_twilio_cannot_be_asked_it_stays_uncertain_and_is_asked_less_and_less_often(
    server: TwilioServer,
) -> None:
    server.listing_fails = True
    message = uncertain(server, "cut")
    pauses = []
    for minutes in (0, 10, 50):
        age(message, timedelta(minutes=minutes))
        due = Message.objects.get().not_before
        assert look_up(message).state == MessageState.UNCERTAIN
        pauses.append(message.not_before - due)
    assert timedelta(minutes=1) <= pauses[0] < pauses[1] < pauses[2] == timedelta(hours=1)


def test_after_a_day_nobody_asks_any_more(server: TwilioServer) -> None:
    message = uncertain(server, "cut")
    age(message, timedelta(days=2))
    assert reconciliation.look_up_uncertain(now=message.not_before) == 0


@pytest.mark.django_db(transaction=True)
def test_mail_whose_outcome_is_unknown_stays_so(settings: Settings) -> None:
    settings.EMAIL_PROVIDER = "mail_backend"
    settings.EMAIL_PROVIDER_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    message = submitting(channel="email", address=MailboxFactory.create(), sender=None)
    outcomes.unknown(message=message, code="no_answer", words="", now=datetime.now(UTC))
    age(message, timedelta(hours=5))
    assert look_up(message).state == MessageState.UNCERTAIN


def test_the_clocks_task_gives_up_leases_and_looks_up(server: TwilioServer) -> None:
    message = uncertain(server, "cut")
    now = datetime.now(UTC)
    Message.objects.update(state=MessageState.SUBMITTING, leased_until=now - timedelta(seconds=1))
    tasks.reconcile()
    message.refresh_from_db()
    assert message.state == MessageState.SENT


# --- A worker that is killed --------------------------------------------------------------------------------------------

_WORKER = "import django; django.setup(); from messaging.tasks import deliver; deliver('default')"


@pytest.fixture
def worker(server: TwilioServer) -> Iterator[subprocess.Popen[bytes]]:
    """A worker's process on the tests' database, in the middle of handing one message over."""
    server.script.append("slow")
    MessageFactory.create()
    database = urlsplit(django_settings.DATABASE_URL)._replace(path=f"/{django_settings.DATABASES['default']['NAME']}")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": urlunsplit(database),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_API_URL": server.url,
    }
    process = subprocess.Popen([sys.executable, "-c", _WORKER], env=environment)
    try:
        eventually(lambda: server.taken, seconds=180, what="the provider was called")
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_worker_killed_between_submitting_and_result_sends_nothing_twice(
    server: TwilioServer, worker: subprocess.Popen[bytes]
) -> None:
    message = Message.objects.get()
    assert message.state == MessageState.SUBMITTING, "committed before the provider was called"
    worker.kill()
    worker.wait()
    server.released.set()

    tasks.deliver(Lane.DEFAULT)  # the task is redelivered: the row is the guard
    assert len(server.requests) == 1
    assert message.leased_until is not None
    reconciliation.give_up_expired_leases(now=message.leased_until + timedelta(seconds=1))
    tasks.deliver(Lane.DEFAULT)
    assert len(server.requests) == 1

    look_up(message)
    assert (message.state, message.provider_id) == (MessageState.SENT, server.taken[0]["sid"])
    assert len(server.requests) == 1


def test_a_worker_that_put_the_row_back_instead_would_send_it_twice(
    server: TwilioServer, worker: subprocess.Popen[bytes]
) -> None:
    """The control: a lease that ran out taken for "not sent"."""
    worker.kill()
    worker.wait()
    server.released.set()
    Message.objects.filter(state=MessageState.SUBMITTING).update(state=MessageState.QUEUED)
    tasks.deliver(Lane.DEFAULT)
    assert len(server.taken) == 2


@pytest.mark.django_db
def test_sent_messages_are_left_alone() -> None:
    sent()
    assert reconciliation.give_up_expired_leases(now=datetime.now(UTC) + timedelta(days=1)) == 0
