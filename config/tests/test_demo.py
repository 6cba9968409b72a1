"""`manage.py demo`: a lively night, as often as wanted."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Role, User
from artists.models import Artist
from config.demo import fans, heats
from config.demo.night import PAUSE, keep_alive
from config.demo.people import PASSWORD
from config.demo.tasks import keep_demo_alive
from config.tests.architecture.sources import PROJECT
from events.models import Attendee, Event, EventStatus
from events.services import events
from messaging.models import Message
from voting.leaderboard import ranked, rounds_held
from voting.models import Ballot, Round, Tally
from voting.querysets import RoundQuerySet
from voting.services import rounds

pytestmark = pytest.mark.django_db(transaction=True)

EVERYBODY = heats.PHONES  # who came to the past nights


@pytest.fixture(autouse=True)
def _development(settings: Settings) -> None:
    settings.DEBUG = True


@pytest.fixture(autouse=True)
def few_at_past_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where those nights are not the matter, a handful of people is enough."""
    monkeypatch.setattr(heats, "PHONES", heats.PHONES[:4])


@pytest.fixture
def small_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven people vote; where the votes are not the matter, that many are enough."""
    monkeypatch.setattr(fans, "_PHONES", fans._PHONES[-20:])


def demo(*arguments: str) -> str:
    said = StringIO()
    call_command("demo", *arguments, stdout=said)
    return said.getvalue()


def rounds_of(night: Event) -> list[str]:
    """The status of each of its rounds, in order."""
    return list(Round.objects.filter(event=night).order_by("number").values_list("status", flat=True))


def in_progress(night: Event) -> RoundQuerySet:
    return Round.objects.filter(event=night).in_progress()


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
    warm_up, round_ = Round.objects.filter(event=night).order_by("number")
    assert (warm_up.status, round_.status) == ("revealed", "open")
    assert warm_up.ballots.filter(state="accepted").count() == 31
    votes = Ballot.objects.filter(round=round_, state="accepted").count()
    assert votes == sum(Tally.objects.filter(round=round_).values_list("votes", flat=True)) == 35
    assert f"{votes} votes" in said
    assert not Message.objects.filter(channel="sms").exclude(state="answered").exists()
    assert Ballot.objects.filter(attendee__user__email="fan@demo.fanfare.test").count() >= 3

    def counted() -> list[int]:
        return [model.objects.count() for model in (User, Artist, Event, Attendee, Round, Ballot, Message)]

    before = counted()
    assert "new round" not in demo()
    assert counted() == before


@pytest.mark.usefixtures("small_room")
def test_past_nights_were_voted_in_and_each_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heats, "PHONES", EVERYBODY)
    demo()
    past = Event.objects.filter(status__in=("closed", "archived"))
    assert Ballot.objects.filter(round__event__in=past, state="accepted").count() > 200
    assert set(Ballot.objects.filter(round__event__in=past).values_list("channel", flat=True)) == {"sms", "web", "api"}
    won = {}
    for night in past:
        assert set(rounds_of(night)) == {"revealed"}
        assert not Ballot.objects.filter(round__event=night, received_at__gt=night.ends_at).exists()
        assert not Attendee.objects.filter(event=night, joined_at__gt=night.ends_at).exists()
        won[night.title] = [ranked(held.contenders)[0].contender.name for held in rounds_held(night.pk)]
    assert won == {
        "Summer Closing": ["Paper Tigers"],
        "Battle of the Basements": ["Mira Vale", "The Night Ferries"],
    }


@pytest.mark.usefixtures("small_room")
def test_a_past_night_that_was_interrupted_is_made_anew() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heats, "cast_sync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            demo()
    demo()
    left, anew = Event.objects.filter(title="Summer Closing").order_by("pk")
    assert (rounds_of(left), rounds_of(anew)) == (["open"], ["revealed"])


def interrupted(votes: object) -> None:
    raise KeyboardInterrupt


def test_every_log_in_works(api: APIClient) -> None:
    demo()
    for role in Role:
        body = {"email": f"{role}@demo.fanfare.test", "password": PASSWORD}
        response = api.post("/api/v1/auth/login", body)
        assert response.status_code == 200, response.json()
        assert response.json()["data"]["user"]["role"] == role


@pytest.mark.usefixtures("small_room")
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
    in_progress(night).update(closes_at=timezone.now())  # and nothing ran that would have closed it
    Event.objects.filter(pk=night.pk).update(ends_at=timezone.now() + timedelta(hours=1))
    demo()
    night.refresh_from_db()
    assert night.ends_at > timezone.now() + timedelta(hours=9)
    assert rounds_of(night) == ["revealed", "closed", "open"]
    assert Ballot.objects.filter(round__event=night, round__number=3, state="accepted").count() == 35


@pytest.mark.usefixtures("small_room")
def test_a_night_without_a_vote_is_filled_by_the_next_run() -> None:
    """As after a first run that was interrupted between the round and the votes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fans, "fill", lambda event, round_, now: 0)
        demo()
    assert not Ballot.objects.filter(round__status="open").exists()
    assert "7 votes counted" in demo()


def a_month_passes() -> None:
    """All that has a time is a month older, and nothing ran meanwhile."""
    month = timedelta(days=30)
    Event.objects.update(starts_at=F("starts_at") - month, ends_at=F("ends_at") - month, doors_at=None)
    Round.objects.update(closes_at=F("closes_at") - month)


def coming(now: datetime) -> set[str]:
    return set(Event.objects.upcoming().filter(starts_at__gt=now).values_list("title", flat=True))


@pytest.mark.usefixtures("small_room")
def test_after_a_month_there_is_a_live_night_and_the_calendar_is_full_again() -> None:
    demo()
    programme = coming(timezone.now())
    past = Event.objects.filter(starts_at__lt=timezone.now()).count()
    assert len(programme) == 3
    a_month_passes()
    demo()
    night = Event.objects.get(slug="demo-night")
    assert night.status == "live"
    assert night.starts_at > timezone.now() - timedelta(hours=3)
    assert night.ends_at > timezone.now()
    assert Round.objects.filter(event=night, status="open", closes_at__gt=timezone.now()).exists()
    assert coming(timezone.now()) == programme
    assert Event.objects.filter(title="Summer Closing").count() == 1
    assert Event.objects.filter(starts_at__lt=timezone.now()).count() > past


@pytest.mark.usefixtures("small_room")
class TestWhileTheSiteRuns:
    """What the clock does, so that a site that has run for days still opens on a live night."""

    def closed_round(self, *, ago: timedelta) -> Event:
        demo()
        night = Event.objects.get(slug="demo-night")
        now = timezone.now()
        in_progress(night).update(closes_at=now)
        rounds.move_by_clock(now=now)
        Round.objects.filter(event=night).update(closed_at=now - ago)
        return night

    def test_a_round_is_followed_by_the_next_after_a_pause(self) -> None:
        night = self.closed_round(ago=PAUSE - timedelta(seconds=10))
        assert keep_alive(now=timezone.now()) is False
        keep_demo_alive()
        assert rounds_of(night) == ["revealed", "closed"]
        Round.objects.update(closed_at=timezone.now() - PAUSE)
        keep_demo_alive()
        assert rounds_of(night) == ["revealed", "closed", "open"]
        assert Ballot.objects.filter(round__event=night, round__number=3, state="accepted").count() == 7

    def test_a_night_that_was_closed_by_hand_is_followed_by_another(self) -> None:
        night = self.closed_round(ago=PAUSE)
        events.move_by_clock(now=night.ends_at)
        assert keep_alive(now=timezone.now()) is True
        assert Event.objects.get(slug="demo-night").status == "live"

    def test_a_round_that_runs_is_left_alone_and_its_night_made_longer(self) -> None:
        demo()
        Event.objects.filter(slug="demo-night").update(ends_at=timezone.now() + timedelta(hours=1))
        before = Round.objects.count()
        assert keep_alive(now=timezone.now()) is False
        assert Event.objects.get(slug="demo-night").ends_at > timezone.now() + timedelta(hours=9)
        assert Round.objects.count() == before

    def test_a_night_of_yesterday_ends_by_the_clock_and_is_followed_by_tonights_at_once(self) -> None:
        night = self.closed_round(ago=timedelta())
        now = timezone.now()
        Event.objects.filter(pk=night.pk).update(
            starts_at=now - timedelta(hours=21), doors_at=None, ends_at=now + timedelta(seconds=1)
        )
        assert keep_alive(now=now) is False
        assert keep_alive(now=now + timedelta(seconds=2)) is True
        assert Event.objects.get(slug="demo-night").starts_at > now - timedelta(hours=3)

    def test_where_no_demo_was_loaded_none_appears(self) -> None:
        assert keep_alive(now=timezone.now()) is False
        assert not User.objects.exists()

    @pytest.mark.parametrize(("debug", "known"), [("1", True), ("0", False)])
    def test_only_development_knows_the_job(self, debug: str, known: bool) -> None:
        script = (
            "from config.celery import app; app.loader.import_default_modules(); "
            "print('config.keep_demo_alive' in app.tasks, 'demo' in app.conf.beat_schedule)"
        )
        names = ("SECRET_KEY", "FANFARE_KEYS", "SUPPRESSION_KEY", "TWILIO_AUTH_TOKEN")
        secrets = {**dict.fromkeys(names, "x"), "PUBLIC_URL": "https://x.test"}
        command = [sys.executable, "-c", script]
        environment = {**os.environ, **secrets, "DEBUG": debug}
        said = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        assert said.split() == [str(known)] * 2


def test_it_is_for_development(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="password everybody knows"):
        demo()
    assert not User.objects.exists()
    assert "Demo Night is live" in demo("--yes-really")
