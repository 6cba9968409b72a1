"""From the outbox to the provider, through Twilio's own SDK against a local server that speaks its contract."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from config.lib import redis
from messaging import delivery, providers, tasks
from messaging.content import Content
from messaging.facts import gate_facts
from messaging.models import Lane, Message, MessageState, OptOut
from messaging.providers.base import Accepted, NotThere, Outgoing, TransactionIsOpen
from messaging.querysets import MessageQuerySet
from messaging.services import outcomes
from messaging.tests.factories import MailboxFactory, MessageFactory, PhoneFactory, SenderFactory, submitting
from messaging.tests.twilio_server import TwilioServer


def deliver(lane: Lane = Lane.DEFAULT, *, now: datetime | None = None) -> int:
    return delivery.deliver_batch(lane, now=now or datetime.now(UTC))


def delivered(message: Message, *, now: datetime | None = None) -> Message:
    """The message after one batch."""
    deliver(Lane(message.lane), now=now)
    message.refresh_from_db()
    return message


# --- What goes well -----------------------------------------------------------------------------------------------------


def test_a_due_text_is_sent_and_its_row_says_so(server: TwilioServer) -> None:
    message = delivered(MessageFactory.create(text="Hello \U0001f3b8"))
    assert (message.state, message.provider, message.segments) == (MessageState.SENT, "twilio", 1)
    assert message.provider_id == server.taken[0]["sid"]
    assert message.sent_at is not None
    assert message.attempt == 1
    assert [entry["asked"] for entry in message.decisions] == ["submit"]


def test_what_twilio_is_told(server: TwilioServer, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://night.example"
    sender = SenderFactory.create(messaging_service="MG" + "1" * 32)
    message = MessageFactory.create(sender=sender, expires_at=datetime.now(UTC) + timedelta(minutes=5))
    delivered(message)
    (told,) = server.requests
    callback = urlsplit(told.pop("StatusCallback"))
    assert callback.geturl().startswith("https://night.example/sms/status?")
    assert parse_qs(callback.query) == {"message": [message.public_id], "attempt": ["1"]}
    assert 290 <= int(told.pop("ValidityPeriod")) <= 300
    assert told == {
        "To": message.address.value,
        "From": sender.value,
        "Body": message.text,
        "MessagingServiceSid": sender.messaging_service,
        "Attempt": "1",
    }


@pytest.mark.parametrize(("left", "validity"), [(timedelta(days=2), 36_000), (timedelta(seconds=1.5), 1)])
def test_the_validity_period_stays_within_what_twilio_accepts(
    server: TwilioServer, left: timedelta, validity: int
) -> None:
    delivered(MessageFactory.create(expires_at=datetime.now(UTC) + left))
    assert int(server.requests[0]["ValidityPeriod"]) == validity


def test_a_batch_is_handed_over_whole(server: TwilioServer) -> None:
    messages = MessageFactory.create_batch(30)
    assert deliver() == 30
    assert Message.objects.filter(state=MessageState.SENT).count() == 30
    assert {told["Body"] for told in server.requests} == {message.text for message in messages}
    assert deliver() == 0


def test_only_what_is_due_in_the_lane_goes_and_the_oldest_first(
    server: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    MessageFactory.create(lane=Lane.BULK)
    MessageFactory.create(not_before=now + timedelta(minutes=1))
    young, old = MessageFactory.create(), MessageFactory.create(not_before=now - timedelta(hours=1))
    monkeypatch.setattr(delivery, "BATCH", 1)
    assert deliver() == 1
    assert server.requests[0]["Body"] == old.text
    assert deliver() == 1
    assert server.requests[1]["Body"] == young.text
    assert deliver() == 0


def test_what_was_held_goes_once_it_may(server: TwilioServer) -> None:
    assert delivered(MessageFactory.create(state=MessageState.HELD)).state == MessageState.SENT


def test_sealed_content_is_sent_whole_and_blanked(server: TwilioServer) -> None:
    message = MessageFactory.create(sealed=True, **Content("Your code is 4711").columns(sealed=True))
    delivered(message)
    assert server.requests[0]["Body"] == "Your code is 4711"
    assert (message.state, message.text) == (MessageState.SENT, "")


def test_content_whose_key_is_gone_fails_with_that_reason(server: TwilioServer, settings: Settings) -> None:
    message = MessageFactory.create(sealed=True, **Content("secret").columns(sealed=True))
    settings.FANFARE_KEYS = ["another key altogether"]
    delivered(message)
    assert (message.state, message.error_code) == (MessageState.FAILED, "unreadable")
    assert server.requests == []


# --- The gate, asked again ----------------------------------------------------------------------------------------------


def test_a_stop_between_plan_and_submit_is_honoured(server: TwilioServer) -> None:
    sender = SenderFactory.create()
    message = MessageFactory.create(sender=sender)
    OptOut.objects.create(address=message.address, sender=sender, since=datetime.now(UTC))
    delivered(message)
    assert (message.state, message.decisions[-1]["reason"]) == (MessageState.SKIPPED, "opted_out")
    assert server.requests == []


def test_the_kill_switch_holds_without_using_up_attempts(server: TwilioServer, settings: Settings) -> None:
    message = MessageFactory.create()
    now = datetime.now(UTC)
    settings.SENDING_ENABLED = False
    delivered(message, now=now)
    assert (message.state, message.attempt, message.not_before) == (MessageState.HELD, 0, now + timedelta(minutes=1))
    settings.SENDING_ENABLED = True
    assert delivered(message, now=now + timedelta(minutes=2)).state == MessageState.SENT
    assert [entry["outcome"] for entry in message.decisions] == ["hold", "allow"]


def test_what_is_too_late_is_not_sent(server: TwilioServer) -> None:
    message = delivered(MessageFactory.create(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert (message.state, message.decisions[-1]["reason"]) == (MessageState.SKIPPED, "expired")
    assert server.requests == []


def test_one_refusal_does_not_hold_up_the_batch(server: TwilioServer) -> None:
    retired = SenderFactory.create(value="+12025550101", active=False)
    stays, goes = MessageFactory.create(sender=retired), MessageFactory.create()
    delivered(goes)
    stays.refresh_from_db()
    assert (stays.state, goes.state) == (MessageState.SKIPPED, MessageState.SENT)


# --- What goes wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [21211, 21614])
def test_a_number_twilio_refuses_is_permanent_and_marked(server: TwilioServer, code: int) -> None:
    server.script.append((400, code))
    message = delivered(MessageFactory.create())
    assert (message.state, message.error_code) == (MessageState.FAILED, str(code))
    assert message.error.endswith(f"refused with {code}")
    message.address.refresh_from_db()
    assert message.address.unreachable_because == str(code)


def test_a_number_that_opted_out_at_twilio_is_recorded_as_that(server: TwilioServer) -> None:
    server.script.append((400, 21610))
    message = delivered(MessageFactory.create())
    assert message.state == MessageState.FAILED
    assert OptOut.objects.filter(address=message.address, sender=message.sender).exists()


@pytest.mark.parametrize("refusal", [(429, 20429), (500, 20500), (503, 0)])
def test_what_was_not_taken_for_now_is_tried_again_later(server: TwilioServer, refusal: tuple[int, int]) -> None:
    server.script.append(refusal)
    message = MessageFactory.create()
    before = datetime.now(UTC)
    delivered(message)
    assert (message.state, message.attempt) == (MessageState.QUEUED, 1)
    assert before + timedelta(seconds=5) <= message.not_before <= datetime.now(UTC) + timedelta(seconds=6)
    assert deliver() == 0
    assert delivered(message, now=message.not_before).state == MessageState.SENT
    assert message.error_code == ""


def test_attempts_come_to_an_end(server: TwilioServer) -> None:
    message = MessageFactory.create()
    pauses = []
    for _attempt in range(5):
        server.script.append((503, 0))
        begun = datetime.now(UTC)
        delivered(message, now=message.not_before)
        pauses.append((message.not_before - begun).total_seconds())
    assert (message.state, message.error_code) == (MessageState.FAILED, "unavailable")
    assert message.attempt == 5
    bounds = zip(pauses, [5, 30, 120, 600], strict=False)
    assert all(least <= pause <= least * 1.2 + 1 for pause, least in bounds)


def test_no_attempt_is_planned_for_after_the_deadline(server: TwilioServer) -> None:
    server.script.append((503, 0))
    message = delivered(MessageFactory.create(expires_at=datetime.now(UTC) + timedelta(seconds=3)))
    assert (message.state, message.error_code) == (MessageState.FAILED, "unavailable")


def test_a_connection_that_was_never_made_is_tried_again(server: TwilioServer, settings: Settings) -> None:
    settings.TWILIO_API_URL = "http://127.0.0.1:9"  # the discard port: nobody listens
    message = delivered(MessageFactory.create())
    assert (message.state, message.error_code) == (MessageState.QUEUED, "unavailable")


@pytest.mark.parametrize(
    ("how", "code"),
    [("slow", "no_answer"), ("cut", "no_answer"), ("gone", "no_answer"), ("garbage", "unreadable")],
    indirect=["how"],
)
def test_without_a_clear_answer_it_is_uncertain_and_not_sent_again(server: TwilioServer, how: str, code: str) -> None:
    server.script.append(how)
    message = delivered(MessageFactory.create())
    assert (message.state, message.error_code) == (MessageState.UNCERTAIN, code)
    for hours in (1, 24):
        assert deliver(now=datetime.now(UTC) + timedelta(hours=hours)) == 0
    assert len(server.requests) == 1


class Broken:
    """A provider with a fault of ours in it."""

    name = "twilio"
    parallel = 1
    keeps_content = False

    def submit(self, outgoing: Outgoing) -> Accepted:
        raise ZeroDivisionError

    def look_up(self, outgoing: Outgoing, *, submitted_at: datetime, not_these: frozenset[str]) -> NotThere:
        return NotThere.UNKNOWN


@pytest.mark.django_db(transaction=True)
def test_a_fault_of_ours_leaves_the_message_uncertain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "provider_for", lambda _channel: Broken())
    message = delivered(MessageFactory.create())
    assert (message.state, message.error_code, message.error) == ("uncertain", "fault", "ZeroDivisionError")


def test_past_its_lease_a_worker_calls_nobody_and_gives_the_message_back(
    server: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By then somebody else may have looked the message up and queued it again."""
    message = MessageFactory.create()
    with monkeypatch.context() as slow:
        slow.setattr(delivery, "LEASE", timedelta(0))
        delivered(message)
    assert (message.state, message.attempt) == (MessageState.QUEUED, 0)
    assert server.requests == []
    assert delivered(message).state == MessageState.SENT


@pytest.mark.django_db
def test_a_worker_past_its_lease_leaves_alone_what_others_took_over() -> None:
    message = submitting()
    late = Message.objects.get()
    Message.objects.update(attempt=2)  # queued again meanwhile, and in somebody's hand
    outcomes.not_begun(message=late)
    message.refresh_from_db()
    assert (message.state, message.attempt) == (MessageState.SUBMITTING, 2)


def test_no_provider_is_called_inside_a_transaction(server: TwilioServer) -> None:
    MessageFactory.create()
    with pytest.raises(TransactionIsOpen), transaction.atomic():
        deliver()
    assert server.requests == []


# --- Several workers ----------------------------------------------------------------------------------------------------


@pytest.fixture
def two_workers(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """What two workers claim who have both looked before either has committed."""
    both_have_looked = Barrier(2, timeout=60)

    def meet(messages: Any, **given: Any) -> Any:
        both_have_looked.wait()
        return gate_facts(messages, **given)

    monkeypatch.setattr(delivery, "gate_facts", meet)
    monkeypatch.setattr(delivery, "BATCH", 10)
    return [[], []]


def claims(claimed: list[list[int]]) -> tuple[set[int], set[int]]:
    def claim(worker: int) -> None:
        try:
            _looked_at, messages = delivery._claim(Lane.DEFAULT, datetime.now(UTC))
            claimed[worker] = [message.pk for message in messages]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(claim, range(2)))
    return set(claimed[0]), set(claimed[1])


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_message(two_workers: list[list[int]]) -> None:
    MessageFactory.create_batch(20)
    first, second = claims(two_workers)
    assert len(first) == len(second) == 10
    assert not first & second


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would(two_workers: list[list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same workers on rows nobody locks."""
    monkeypatch.setattr(MessageQuerySet, "select_for_update", lambda self, **_options: self)
    MessageFactory.create_batch(20)
    first, second = claims(two_workers)
    assert first & second


# --- Tasks --------------------------------------------------------------------------------------------------------------


def test_a_woken_worker_empties_its_lane(server: TwilioServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BATCH", 2)
    MessageFactory.create_batch(5, lane=Lane.CRITICAL)
    tasks.deliver(Lane.CRITICAL)
    assert Message.objects.filter(state=MessageState.SENT).count() == 5


@pytest.mark.django_db(transaction=True)
def test_the_clock_wakes_workers_only_for_lanes_with_something_due() -> None:
    MessageFactory.create(lane=Lane.BULK)
    MessageFactory.create(lane=Lane.CRITICAL, not_before=datetime.now(UTC) + timedelta(hours=1))
    tasks.deliver_due()
    broker = redis.sync_client()
    assert [broker.llen(lane) for lane in Lane] == [0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_rows_of_a_channel_without_a_provider_wait(settings: Settings) -> None:
    settings.EMAIL_PROVIDER = ""
    message = MessageFactory.create(channel="email", address=MailboxFactory.create(), sender=None)
    assert deliver() == 0
    assert delivered(message).state == MessageState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_in_development_the_local_phone_takes_texts_and_keeps_what_they_say() -> None:
    message = MessageFactory.create(sealed=True, **Content("Your code is 4711").columns(sealed=True))
    delivered(message)
    assert message.state == MessageState.SENT
    assert message.provider_id.startswith("SM")
    assert message.text != ""


def test_each_channel_has_at_most_one_provider(settings: Settings) -> None:
    assert set(providers.offered_channels()) == {"sms", "email"}
    settings.SMS_PROVIDER = settings.EMAIL_PROVIDER = ""
    assert providers.offered_channels() == frozenset()


@pytest.mark.django_db(transaction=True)
def test_phones_are_written_to_in_parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten at once with Twilio; a provider that needs them all to arrive before it answers any gets them."""
    together = Barrier(10, timeout=60)

    class Together(Broken):
        parallel = 10

        def submit(self, outgoing: Outgoing) -> Accepted:
            together.wait()
            return Accepted(outgoing.public_id)

    monkeypatch.setattr(delivery, "provider_for", lambda _channel: Together())
    MessageFactory.create_batch(10, address=PhoneFactory.create())
    deliver()
    assert Message.objects.filter(state=MessageState.SENT).count() == 10
