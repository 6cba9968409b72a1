"""Two organizers press the same button at the same moment: one does it, the other is told, and it is done once."""

from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.tests.factories import UserFactory
from events.models import Event
from events.tests.factories import EventFactory, EventStaffFactory, SlotFactory
from events.tests.racing import together
from voting.models import Round, RoundStatus
from voting.tests.factories import RoundFactory, opened

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def pair(transactional_db: None) -> tuple[Event, list[Client]]:
    """A live night and the browsers of the two who run it."""
    manager: User = UserFactory.create(role="organizer")
    event = EventFactory.create(live=True)
    SlotFactory.create(event=event)
    EventStaffFactory.create(event=event, user=manager)
    browsers = []
    for user in (event.owner, manager):
        browser = Client()
        browser.force_login(user)
        browsers.append(browser)
    return event, browsers


def press_together(pair: tuple[Event, list[Client]], action: str, number: int) -> list[Any]:
    """Both presses, sent when both are ready."""
    event, browsers = pair
    ready = Barrier(len(browsers))

    def press(browser: Client) -> Any:
        ready.wait(60)
        form = {"action": action, "number": str(number), "sure": "1"}
        return browser.post(f"/admin/events/event/{event.pk}/control/", form)

    return together(*(partial(press, browser) for browser in browsers))


def test_a_round_is_closed_once(pair: tuple[Event, list[Client]]) -> None:
    opened(pair[0])
    answers = press_together(pair, "close-round", 1)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert Round.objects.get().status == RoundStatus.CLOSED
    assert AuditEntry.objects.filter(action="round.close").count() == 1


def test_a_round_is_opened_once(pair: tuple[Event, list[Client]]) -> None:
    RoundFactory.create(event=pair[0])
    answers = press_together(pair, "open-round", 1)
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert AuditEntry.objects.filter(action="round.open").count() == 1


def test_a_round_is_planned_once_and_the_other_is_told(pair: tuple[Event, list[Client]]) -> None:
    answers = press_together(pair, "plan-round", 1)
    assert sorted(answer.status_code for answer in answers) == [302, 412]
    assert Round.objects.count() == 1
    late = next(answer for answer in answers if answer.status_code == 412)
    assert "Round 1 is planned already." in late.content.decode()
