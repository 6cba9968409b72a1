"""Who is given which viewing token."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from rest_framework.test import APIClient

from accounts.actors import Here
from accounts.models import User
from config.lib.errors import InvalidToken, TokenExpired
from events.models import Event
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory
from voting.leaderboard import Audience
from voting.viewing import read_token, viewing_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(organizer: User) -> Event:
    return EventFactory.create(live=True, owner=organizer)


def asked(api: APIClient, event: Event, query: str = "", user: User | None = None) -> tuple[int, str]:
    """The status, and the audience of the token or the error's code."""
    api.force_authenticate(user)
    answer = api.post(f"/api/v1/events/{event.public_id}/viewing-token{query}")
    body = answer.json()
    if body["error"]:
        return answer.status_code, body["error"]["code"]
    data = body["data"]
    named = read_token(data["token"], event=event.public_id, now=datetime.now(UTC)).audience
    assert named == data["audience"]
    return answer.status_code, data["audience"]


def test_everyone_is_a_fan_of_a_public_event(api: APIClient, event: Event, fan: User, outsider: User) -> None:
    assert [asked(api, event, user=user) for user in (None, fan, outsider)] == [(200, "fan")] * 3


def test_who_runs_the_event_is_the_organizer(api: APIClient, event: Event, organizer: User, admin_user: User) -> None:
    manager = EventStaffFactory.create(event=event, user__role="organizer").user
    assert [asked(api, event, user=user) for user in (organizer, manager, admin_user)] == [(200, "organizer")] * 3


def test_staff_at_the_door_see_what_fans_see(api: APIClient, event: Event) -> None:
    assert asked(api, event, user=EventStaffFactory.create(event=event, role="door").user) == (200, "fan")


@pytest.mark.parametrize("audience", ["projector", "organizer"])
def test_other_audiences_are_for_who_runs_the_event(
    api: APIClient, event: Event, organizer: User, fan: User, audience: str
) -> None:
    assert asked(api, event, f"?audience={audience}", organizer) == (200, audience)
    assert asked(api, event, f"?audience={audience}", fan) == (403, "NOT_YOUR_AUDIENCE")
    assert asked(api, event, f"?audience={audience}") == (403, "NOT_YOUR_AUDIENCE")


def test_the_organizer_may_look_as_a_fan(api: APIClient, event: Event, organizer: User) -> None:
    assert asked(api, event, "?audience=fan", organizer) == (200, "fan")


def test_an_audience_that_does_not_exist(api: APIClient, event: Event, organizer: User) -> None:
    assert asked(api, event, "?audience=press", organizer) == (422, "VALIDATION_ERROR")


def test_a_private_event_is_there_for_its_attendees_only(
    api: APIClient, organizer: User, fan: User, outsider: User
) -> None:
    event = EventFactory.create(live=True, access="private", owner=organizer)
    AttendeeFactory.create(event=event, user=fan)
    assert asked(api, event, user=fan) == (200, "fan")
    assert asked(api, event, user=outsider) == (404, "NOT_FOUND")
    assert asked(api, event) == (404, "NOT_FOUND")


def test_a_token_lives_for_as_long_as_the_setting_says(event: Event, now: datetime) -> None:
    token, expires_at = viewing_token(event, Audience.PROJECTOR, holder=Here(), now=now)
    assert expires_at - now == timedelta(seconds=settings.VIEWING_TOKEN_SECONDS)
    last = expires_at.replace(microsecond=0) - timedelta(seconds=1)
    assert read_token(token, event=event.public_id, now=last).audience == Audience.PROJECTOR
    with time_machine.travel(expires_at), pytest.raises(TokenExpired):
        read_token(token, event=event.public_id, now=datetime.now(UTC))


def test_a_token_is_good_for_one_event_only(event: Event, now: datetime) -> None:
    token, _expires_at = viewing_token(event, Audience.ORGANIZER, holder=Here(), now=now)
    with pytest.raises(InvalidToken):
        read_token(token, event="0" * 16, now=now)
    with pytest.raises(InvalidToken):
        read_token(("A" if token[0] != "A" else "B") + token[1:], event=event.public_id, now=now)
