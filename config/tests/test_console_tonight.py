"""The console's first page: what is on, what the next nights need, how it goes; of one's own events alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from config.console_tonight import DAYS, tonight_of
from config.tests.fixtures import acting
from events.models import Event
from events.tests.factories import AttendeeFactory, EventFactory, SlotFactory
from messaging.models import MessageState
from messaging.tests.factories import MessageFactory
from voting.models import BallotState, Tally
from voting.tests.factories import BallotFactory, opened

pytestmark = pytest.mark.django_db


def night(owner: User, **fields: Any) -> Event:
    """A live night with two people, an open round, three votes, a refused one and two messages."""
    event: Event = EventFactory.create(owner=owner, **({"live": True} | fields))
    phone = AttendeeFactory.create(event=event).phone
    AttendeeFactory.create(event=event, pending=True)
    round_, entries = opened(event, name="First round")
    Tally.objects.update_or_create(round=round_, entry=entries[0], channel="sms", defaults={"votes": 3})
    late = AttendeeFactory.create(event=event, left=True)
    BallotFactory.create(
        round=round_, entry=entries[0], attendee=late, state=BallotState.REJECTED, reason="ROUND_CLOSED"
    )
    MessageFactory.create(topic=event.topic, address=phone, state=MessageState.DELIVERED)
    MessageFactory.create(topic=event.topic, address=phone, state=MessageState.FAILED)
    return event


def test_the_live_night_and_the_way_to_its_control_room(client: Client, organizer: User, now: datetime) -> None:
    event = night(organizer)

    page = tonight_of(acting(organizer), now=now)

    (live,) = page.live
    assert (live.title, live.joined, live.confirmed, live.votes) == (event.title, 2, 1, 3)
    assert live.round == "First round is open"
    assert [figure.value for figure in page.figures] == ["2", "1", "3", "1", "1"]
    assert page.votes == [(event.title, 3)]
    assert sum(count for _day, count in page.arrivals) == 3
    assert len(page.arrivals) == DAYS
    assert [str(refused.why) for refused in page.refusals] == ["There is no open round to vote in."]
    client.force_login(organizer)
    assert f'href="{reverse("admin:control-room", args=[event.pk])}"' in client.get("/admin/").content.decode()


def test_what_the_next_nights_still_need(organizer: User, now: datetime) -> None:
    soon = EventFactory.create(owner=organizer, published=True, starts_at=now + timedelta(days=1))
    SlotFactory.create(event=soon)
    EventFactory.create(owner=organizer, starts_at=now + timedelta(days=2))
    EventFactory.create(owner=organizer, cancelled=True)

    first, second = tonight_of(acting(organizer), now=now).coming

    assert first.missing == []
    assert second.missing == [
        "Nobody is on the line-up yet.",
        "It is not published, so nobody can find or join it.",
    ]


def test_an_organizer_sees_nothing_of_others(organizer: User, outsider: User, now: datetime) -> None:
    night(outsider)

    page = tonight_of(acting(organizer), now=now)

    assert page.is_empty
    assert {figure.value for figure in page.figures} == {"0"}
    assert not page.refusals


def test_an_admin_sees_everybodys(organizer: User, outsider: User, admin_user: User, now: datetime) -> None:
    night(organizer)
    night(outsider)

    page = tonight_of(acting(admin_user), now=now)

    assert len(page.live) == 2
    assert page.everybody
    assert [figure.label for figure in page.figures][-1] == "Accounts"


def test_without_any_event_the_page_says_how_to_begin(client: Client, organizer: User) -> None:
    client.force_login(organizer)

    page = client.get("/admin/").content.decode()

    assert "Make your first night" in page
    assert reverse("admin:events_event_add") in page


@pytest.mark.parametrize(("role", "queries"), [("organizer", 8), ("admin_user", 9)])
def test_however_many_nights_there_are_it_asks_the_same(
    role: str,
    queries: int,
    organizer: User,
    now: datetime,
    request: pytest.FixtureRequest,
    django_assert_num_queries: Any,
) -> None:
    actor = acting(request.getfixturevalue(role))
    night(organizer)
    with django_assert_num_queries(queries):
        tonight_of(actor, now=now)
    night(organizer)
    night(organizer)
    EventFactory.create_batch(3, owner=organizer, closed=True)
    EventFactory.create_batch(3, owner=organizer)
    with django_assert_num_queries(queries):
        tonight_of(actor, now=now)
