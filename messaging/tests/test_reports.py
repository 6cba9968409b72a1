"""Status callbacks: any order, repeated, early, orphaned, contradictory; the same state in the end."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from messaging import delivery
from messaging.delivery_status import STATUSES
from messaging.models import ConsentEvent, DeliveryEvent, Lane, Message, MessageState, OptOut
from messaging.providers.base import Accepted
from messaging.providers.local_phone import LocalPhone
from messaging.services import outcomes
from messaging.tests.factories import MessageFactory, sent, submitting

NOW = datetime(2026, 11, 20, 21, tzinfo=UTC)
SID = f"SM{1:032x}"
Report = tuple[str, str]  # status, error code


def report(status: str, code: str = "", *, about: Message | None = None, sid: str = SID, now: datetime = NOW) -> bool:
    return outcomes.report(
        provider="twilio",
        provider_id=sid,
        status=status,
        error_code=code,
        message_public_id=about.public_id if about else "",
        attempt=about.attempt if about else 0,
        raw={"MessageStatus": status},
        now=now,
    )


def hand_over_again(message: Message) -> None:
    """Due, and claimed by a worker."""
    message.refresh_from_db()
    later = message.not_before + timedelta(hours=1)
    _looked_at, (claimed,) = delivery._claim(Lane.DEFAULT, later)
    message.refresh_from_db()
    assert (claimed.pk, message.state, message.attempt) == (message.pk, MessageState.SUBMITTING, 2)


def last_state(reports: Sequence[Report]) -> tuple[Any, ...]:
    """What a sent message looks like after these reports."""
    message = sent()
    for status, code in reports:
        report(status, code)
    message.refresh_from_db()
    return message.state, message.provider_rank, message.error_code, message.attempt


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("accepted", "sent"),
        ("queued", "sent"),
        ("scheduled", "sent"),
        ("sending", "sent"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("Delivered", "delivered"),
        ("undelivered", "undelivered"),
        ("failed", "failed"),
        ("canceled", "cancelled"),
        ("read", "delivered"),
        ("partially_delivered", "sent"),
        ("teleported", "sent"),
    ],
)
def test_what_each_word_means(word: str, state: str) -> None:
    assert last_state([(word, "")])[0] == state
    assert DeliveryEvent.objects.get().status == word


@pytest.mark.django_db
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_repeats_end_in_the_same_state(db: None, data: st.DataObject) -> None:
    """Contradictions included: words and codes Twilio would never send for one message."""
    codes = st.sampled_from(["", "30003", "30005", "30007", "30008"])
    reports = data.draw(st.lists(st.tuples(st.sampled_from([*STATUSES, "teleported"]), codes), min_size=1, max_size=6))
    shuffled = data.draw(st.permutations(reports + data.draw(st.lists(st.sampled_from(reports), max_size=4))))
    outcomes_seen = []
    for order in (reports, shuffled):
        with transaction.atomic():
            outcomes_seen.append(last_state(order))
            transaction.set_rollback(True)
    assert outcomes_seen[0] == outcomes_seen[1]


@pytest.mark.django_db
def test_without_the_ranks_the_order_would_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above: last write wins, and a late "sent" overwrites "delivered"."""

    def last_write_wins(messages: Any, *, to: MessageState, rank: int, error_code: str, **changes: Any) -> int:
        return int(messages.update(state=to, provider_rank=rank, error_code=error_code, **changes))

    monkeypatch.setattr(outcomes, "fold", last_write_wins)
    assert last_state([("delivered", ""), ("sent", "")])[0] == "sent"


@pytest.mark.django_db
def test_a_repeated_report_is_one_event() -> None:
    sent()
    assert [report("delivered") for _time in range(3)] == [True, False, False]
    assert DeliveryEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_report_twice_at_once_is_one_event() -> None:
    sent()
    together = Barrier(2)

    def once(_number: int) -> bool:
        together.wait()
        try:
            return report("delivered")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(once, range(2))) == [False, True]
    assert Message.objects.get().state == MessageState.DELIVERED


# --- Reports that come before we know the provider's id ------------------------------------------------------------------


@pytest.mark.django_db
def test_an_early_report_finds_its_message_by_the_id_in_its_address() -> None:
    message = submitting()
    report("delivered", about=message)
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (MessageState.DELIVERED, SID)

    outcomes.accepted(message=message, provider=LocalPhone(), acceptance=Accepted(SID, 2), now=NOW)
    message.refresh_from_db()
    assert (message.state, message.segments, message.sent_at) == (MessageState.DELIVERED, 2, NOW)


@pytest.mark.django_db
def test_an_orphan_is_applied_when_its_message_learns_its_id() -> None:
    message = submitting()
    report("sent")
    report("undelivered", "30005")
    message.refresh_from_db()
    assert message.state == MessageState.SUBMITTING

    outcomes.accepted(message=message, provider=LocalPhone(), acceptance=Accepted(SID), now=NOW)
    message.refresh_from_db()
    assert (message.state, message.error_code) == (MessageState.UNDELIVERED, "30005")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("named", [True, False], ids=["named", "orphan"])
def test_the_answer_and_its_first_report_at_the_same_moment(named: bool) -> None:
    """Neither may miss the other, whichever commits first."""
    for number in range(10):
        message, together, sid = submitting(), Barrier(2), f"SM{number + 100:032x}"

        def answered(message: Message = message, together: Barrier = together, sid: str = sid) -> None:
            together.wait()
            outcomes.accepted(message=message, provider=LocalPhone(), acceptance=Accepted(sid), now=NOW)
            connection.close()

        def reported(message: Message = message, together: Barrier = together, sid: str = sid) -> None:
            together.wait()
            report("delivered", about=message if named else None, sid=sid)
            connection.close()

        with ThreadPoolExecutor(2) as threads:
            for call in [threads.submit(answered), threads.submit(reported)]:
                call.result()
        message.refresh_from_db()
        assert (message.state, message.provider_id) == (MessageState.DELIVERED, sid)


@pytest.mark.django_db
def test_a_report_of_an_uncertain_message_settles_it() -> None:
    message = submitting()
    outcomes.unknown(message=message, code="no_answer", words="ReadTimeout", now=NOW)
    report("sent", about=message)
    message.refresh_from_db()
    assert (message.state, message.provider_id) == (MessageState.SENT, SID)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["queued", "skipped", "held"])
def test_a_report_about_a_message_that_was_not_handed_over_changes_nothing(state: str) -> None:
    message = MessageFactory.create(state=state)
    report("delivered", about=message)
    message.refresh_from_db()
    assert message.state == state


# --- What a failure that is reported later leads to ---------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["30005", "30006", "21211", "21614"])
def test_a_number_that_cannot_be_reached_is_marked(code: str) -> None:
    message = sent()
    report("undelivered", code)
    message.address.refresh_from_db()
    assert (message.address.unreachable_at, message.address.unreachable_because) == (NOW, code)


@pytest.mark.django_db
def test_a_stop_that_only_twilio_knew_of_is_recorded() -> None:
    message = sent()
    report("failed", "21610")
    assert OptOut.objects.get().address == message.address
    assert ConsentEvent.objects.get().source == "provider"


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["30004", "30007", "30036"])
def test_what_would_fail_again_is_not_tried_again(code: str) -> None:
    assert last_state([("undelivered", code)]) == ("undelivered", 42, code, 1)


@pytest.mark.django_db
def test_a_phone_that_was_off_is_tried_once_more_after_a_while() -> None:
    message = sent()
    report("undelivered", "30003")
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert NOW + timedelta(minutes=15) < message.not_before < NOW + timedelta(minutes=30)

    hand_over_again(message)
    outcomes.accepted(message=message, provider=LocalPhone(), acceptance=Accepted("SM-second"), now=NOW)
    report("undelivered", "30003", sid="SM-second")
    message.refresh_from_db()
    assert (message.state, message.error_code) == (MessageState.UNDELIVERED, "30003")


@pytest.mark.django_db
def test_a_delivery_reported_after_all_calls_the_second_attempt_off() -> None:
    assert last_state([("undelivered", "30003"), ("delivered", "")]) == ("delivered", 43, "", 1)


@pytest.mark.django_db
def test_what_was_delivered_can_be_reached() -> None:
    message = sent()
    report("undelivered", "30005")
    report("delivered")
    message.address.refresh_from_db()
    assert message.address.unreachable_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("in_hand", [False, True], ids=["waiting", "in hand again"])
def test_late_reports_of_the_first_attempt_do_not_touch_the_second(in_hand: bool) -> None:
    message = sent()
    first = Message.objects.get()
    report("undelivered", "30003")
    if in_hand:
        hand_over_again(message)
    before = Message.objects.values().get()
    for status in ("sent", "failed"):
        report(status, about=first)
    assert Message.objects.values().get() == before


@pytest.mark.django_db
def test_there_is_no_second_attempt_after_the_deadline() -> None:
    message = sent(expires_at=NOW + timedelta(minutes=10))
    report("undelivered", "30003")
    message.refresh_from_db()
    assert message.state == MessageState.UNDELIVERED


@pytest.mark.django_db
def test_blanked_content_cannot_be_sent_again() -> None:
    message = sent(sealed=True, text="")
    report("undelivered", "30003")
    message.refresh_from_db()
    assert message.state == MessageState.UNDELIVERED


@pytest.mark.django_db
def test_events_cannot_be_rewritten() -> None:
    report("delivered")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        DeliveryEvent.objects.update(status="sent")
