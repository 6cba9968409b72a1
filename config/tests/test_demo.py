"""`manage.py demo`: a lively night, as often as wanted."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Role, User
from artists.models import Artist
from config.demo.people import PASSWORD
from events.models import Attendee, Event, EventStatus
from events.services import events
from messaging.models import Message
from voting.models import Ballot, Round, Tally

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _development(settings: Settings) -> None:
    settings.DEBUG = True


def demo(*arguments: str) -> str:
    said = StringIO()
    call_command("demo", *arguments, stdout=said)
    return said.getvalue()


def test_the_first_run_makes_a_lively_night_and_the_second_changes_nothing(api: APIClient) -> None:
    said = demo()
    assert "Demo Night is live" in said
    assert "JOIN DEMO to +12025550100" in said
    night = Event.objects.get(slug="demo-night")
    assert (night.status, night.join_keyword, night.lineup.count()) == ("live", "DEMO", 8)
    assert set(Event.objects.values_list("status", flat=True)) == set(EventStatus)
    assert Artist.objects.get(name="Mira Vale").owner == User.objects.get(email="artist@demo.fanfare.test")
    statuses = list(Attendee.objects.filter(event=night).values_list("status", flat=True))
    assert statuses.count("confirmed") > 30
    assert statuses.count("pending") == 5
    round_ = Round.objects.get(event=night)
    assert round_.status == "open"
    votes = Ballot.objects.filter(round=round_, state="accepted").count()
    assert votes == sum(Tally.objects.filter(round=round_).values_list("votes", flat=True)) == 35
    assert f"{votes} votes" in said
    assert not Message.objects.filter(channel="sms").exclude(state="answered").exists()

    def counted() -> list[int]:
        return [model.objects.count() for model in (User, Artist, Event, Attendee, Round, Ballot, Message)]

    before = counted()
    assert "new round" not in demo()
    assert counted() == before


def test_every_log_in_works(api: APIClient) -> None:
    demo()
    for role in Role:
        body = {"email": f"{role}@demo.fanfare.test", "password": PASSWORD}
        response = api.post("/api/v1/auth/login", body)
        assert response.status_code == 200, response.json()
        assert response.json()["data"]["user"]["role"] == role


def test_a_night_that_is_over_makes_room_for_a_new_one() -> None:
    demo()
    first = Event.objects.get(slug="demo-night")
    events.move_by_clock(now=timezone.now() + timedelta(hours=11))
    demo()
    second = Event.objects.get(slug="demo-night")
    first.refresh_from_db()
    assert (first.status, second.status, second.join_keyword) == ("closed", "live", "DEMO")
    assert first.slug.startswith("demo-night-2")


def test_a_round_that_is_over_is_followed_by_the_next_and_a_short_night_is_prolonged() -> None:
    demo()
    night = Event.objects.get(slug="demo-night")
    Round.objects.filter(event=night).update(closes_at=timezone.now())  # and nothing ran that would have closed it
    Event.objects.filter(pk=night.pk).update(ends_at=timezone.now() + timedelta(hours=1))
    demo()
    night.refresh_from_db()
    assert night.ends_at > timezone.now() + timedelta(hours=9)
    assert list(Round.objects.filter(event=night).order_by("number").values_list("status", flat=True)) == [
        "closed",
        "open",
    ]
    assert Ballot.objects.filter(round__number=2, state="accepted").count() == 35


def test_it_is_for_development(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="password everybody knows"):
        demo()
    assert not User.objects.exists()
    assert "Demo Night is live" in demo("--yes-really")
