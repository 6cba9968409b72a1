"""The life of an event: the table, by hand and by the clock."""

from datetime import datetime, timedelta
from itertools import pairwise, product

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from accounts.tests.factories import confirm_email
from config.lib.errors import Refusal
from config.tests.fixtures import acting
from events.life_cycle import MOVES, EventCannotMove, EventIsOver, next_steps
from events.models import Event, EventStatus
from events.services import events
from events.tasks import move_by_clock
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db

STEPS = {
    "publish": (events.publish, EventStatus.PUBLISHED),
    "go-live": (events.go_live, EventStatus.LIVE),
    "close": (events.close, EventStatus.CLOSED),
    "archive": (events.archive, EventStatus.ARCHIVED),
    "cancel": (events.cancel, EventStatus.CANCELLED),
}
LEGAL = {
    (EventStatus.DRAFT, "publish"),
    (EventStatus.PUBLISHED, "go-live"),
    (EventStatus.LIVE, "close"),
    (EventStatus.CLOSED, "archive"),
    (EventStatus.PUBLISHED, "cancel"),
    (EventStatus.LIVE, "cancel"),
}


@pytest.fixture(autouse=True)
def _confirmed(organizer: User) -> None:
    confirm_email(organizer)


@pytest.mark.parametrize(("present", "step"), list(product(EventStatus, STEPS)))
def test_every_step_from_every_state(
    organizer: User, api: APIClient, now: datetime, present: EventStatus, step: str
) -> None:
    """Through the service and through the API, with the same outcome."""
    service, wanted = STEPS[step]
    legal = (present, step) in LEGAL
    by_service, by_api = EventFactory.create_batch(2, owner=organizer, status=present)
    try:
        service(actor=acting(organizer), public_id=by_service.public_id, now=now)
        outcome = "moved"
    except Refusal as refused:
        outcome = refused.code
    api.force_authenticate(organizer)
    response = api.post(f"/api/v1/events/{by_api.public_id}/{step}")
    if legal:
        assert (outcome, response.status_code) == ("moved", 200)
        assert response.json()["data"]["status"] == wanted
        assert response.json()["data"]["version"] == 2
    else:
        assert (outcome, response.status_code) == ("EVENT_CANNOT_MOVE", 409)
        assert response.json()["error"]["code"] == "EVENT_CANNOT_MOVE"
    after = set(Event.objects.filter(pk__in=[by_service.pk, by_api.pk]).values_list("status", flat=True))
    assert after == {wanted if legal else present}
    assert AuditEntry.objects.filter(action=f"event.{step.replace('-', '_')}").count() == (2 if legal else 0)


def test_a_refusal_says_from_where_to_where_and_what_else_is_possible(organizer: User, now: datetime) -> None:
    event = EventFactory.create(owner=organizer)
    with pytest.raises(EventCannotMove) as refused:
        events.close(actor=acting(organizer), public_id=event.public_id, now=now)
    assert str(refused.value) == "This event is draft, so it cannot become closed."
    assert [str(detail.message) for detail in refused.value.details] == ["From here it can become: published."]
    over = EventFactory.create(owner=organizer, cancelled=True)
    with pytest.raises(EventCannotMove) as final:
        events.publish(actor=acting(organizer), public_id=over.public_id, now=now)
    assert [str(detail.message) for detail in final.value.details] == ["It stays that way."]


def test_publishing_needs_a_confirmed_account(api: APIClient, outsider: User) -> None:
    event = EventFactory.create(owner=outsider)
    api.force_authenticate(outsider)
    refused = api.post(f"/api/v1/events/{event.public_id}/publish")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "EMAIL_UNVERIFIED")


@pytest.mark.parametrize(("step", "status"), [("publish", EventStatus.DRAFT), ("go-live", EventStatus.PUBLISHED)])
def test_what_is_over_is_not_started(organizer: User, now: datetime, step: str, status: EventStatus) -> None:
    event = EventFactory.create(owner=organizer, status=status, starts_at=now - timedelta(days=2))
    with pytest.raises(EventIsOver):
        STEPS[step][0](actor=acting(organizer), public_id=event.public_id, now=now)


def test_the_clock_takes_each_due_event_its_next_step_and_leaves_the_rest(now: datetime) -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    due = {
        EventStatus.LIVE: EventFactory.create(published=True, starts_at=now, ends_at=now + hour),
        EventStatus.CLOSED: EventFactory.create(live=True, starts_at=now - hour, ends_at=now),
        EventStatus.ARCHIVED: EventFactory.create(closed=True, starts_at=now - 31 * day, ends_at=now - 30 * day),
    }
    later = [
        EventFactory.create(published=True, starts_at=now + hour),
        EventFactory.create(live=True, starts_at=now - hour, ends_at=now + hour),
        EventFactory.create(closed=True, starts_at=now - 30 * day, ends_at=now - 29 * day),
        EventFactory.create(starts_at=now - hour),
        EventFactory.create(cancelled=True, starts_at=now - 40 * day),
    ]
    before = [event.status for event in later]
    assert events.move_by_clock(now=now) == 3
    for status, event in due.items():
        event.refresh_from_db()
        assert event.status == status
    for event in later:
        event.refresh_from_db()
    assert [event.status for event in later] == before
    assert events.move_by_clock(now=now) == 0
    assert set(AuditEntry.objects.values_list("channel", flat=True)) == {"job"}


def test_an_event_the_clock_missed_goes_through_every_step(now: datetime) -> None:
    event = EventFactory.create(published=True, starts_at=now - timedelta(days=60))
    assert events.move_by_clock(now=now) == 3
    event.refresh_from_db()
    assert event.status == EventStatus.ARCHIVED
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["event.go_live", "event.close", "event.archive"]


def test_the_clock_takes_more_than_one_batch(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_CLOCK_BATCH", 2)
    EventFactory.create_batch(5, published=True, starts_at=now - timedelta(minutes=1))
    assert events.move_by_clock(now=now) == 5


def test_the_task_is_the_clock() -> None:
    event = EventFactory.create(published=True, starts_at=timezone.now() - timedelta(minutes=1))
    move_by_clock()
    event.refresh_from_db()
    assert event.status == EventStatus.LIVE


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*STEPS, "clock"]), max_size=8), st.integers(-40, 3))
def test_any_order_of_steps_keeps_to_the_table(organizer: User, now: datetime, steps: list[str], days: int) -> None:
    event = EventFactory.create(owner=organizer, starts_at=now + timedelta(days=days))
    seen = [event.status]
    for step in steps:
        try:
            if step == "clock":
                events.move_by_clock(now=now)
            else:
                STEPS[step][0](actor=acting(organizer), public_id=event.public_id, now=now)
        except (EventCannotMove, EventIsOver):
            pass
        event.refresh_from_db()
        if event.status != seen[-1]:
            seen.append(event.status)
    for origin, wanted in pairwise(seen):
        # the clock may take several steps at once
        assert reachable(EventStatus(origin), EventStatus(wanted))
    assert event.version == 1 + AuditEntry.objects.filter(subject_id=event.public_id).count()


def reachable(origin: EventStatus, wanted: EventStatus) -> bool:
    return any(step == wanted or reachable(step, wanted) for step in next_steps(origin))


def test_cancelled_and_archived_are_final() -> None:
    assert next_steps(EventStatus.CANCELLED) == next_steps(EventStatus.ARCHIVED) == []
    assert EventStatus.DRAFT not in MOVES
