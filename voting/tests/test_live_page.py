"""The page of a live leaderboard: every state of a round, as a fan and as who runs the event."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.tests.own_redis import OwnRedis
from events.models import Event
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory
from voting.leaderboard import Audience
from voting.models import Round, RoundStatus
from voting.tests.factories import RoundFactory, opened
from voting.tests.standing import held, names, read, tells_figures
from voting.viewing import read_token

pytestmark = pytest.mark.django_db
PAGES = ("live", "stage", "recap")
ANYBODY = pytest.mark.parametrize("browser", ["", "fan", "outsider", "organizer"], indirect=True)


def path(event: Event, page: str = "live") -> str:
    return f"/events/{event.slug}/{page}/"


def feed(page: str) -> dict[str, Any]:
    """What the page tells its module."""
    (told,) = re.findall(r'<script type="application/json">(.*?)</script>', page)
    found: dict[str, Any] = json.loads(told)
    return found


@pytest.fixture
def night(organizer: User) -> Event:
    return EventFactory.create(live=True, owner=organizer, title="Loud Night")


@pytest.fixture
def browser(client: Client, request: pytest.FixtureRequest) -> Client:
    """Signed in as whom the test names, or as nobody."""
    if request.param:
        client.force_login(request.getfixturevalue(request.param))
    return client


@ANYBODY
@pytest.mark.parametrize("verb", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("page", PAGES)
def test_other_verbs_are_405(browser: Client, night: Event, page: str, verb: str) -> None:
    assert getattr(browser, verb)(path(night, page)).status_code == 405


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("hidden", [{}, {"live": True, "access": "private"}], ids=["draft", "private"])
@pytest.mark.parametrize(
    ("browser", "status"),
    [("", 404), ("fan", 404), ("outsider", 404), ("organizer", 200), ("admin_user", 200)],
    indirect=["browser"],
)
def test_drafts_and_private_events_are_nobody_elses(
    browser: Client, status: int, hidden: dict[str, Any], page: str, organizer: User
) -> None:
    event = EventFactory.create(owner=organizer, **hidden)
    assert browser.get(path(event, page)).status_code == status
    assert browser.head(path(event, page)).status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_staff_and_attendees_see_a_private_event(client: Client, fan: User, outsider: User, page: str) -> None:
    event = EventFactory.create(live=True, access="private")
    EventStaffFactory.create(event=event, user=outsider, role="door")
    AttendeeFactory.create(event=event, signed_in=True, user=fan)
    for user in (fan, outsider):
        client.force_login(user)
        assert client.get(path(event, page)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_nothing_here_is_404(client: Client, page: str) -> None:
    assert client.get(f"/events/no-such-night/{page}/").status_code == 404


@pytest.mark.parametrize("page", ["live", "stage"])
@pytest.mark.parametrize(
    ("results", "status", "phase", "figures"),
    [
        ("live", "open", "open", True),
        ("live", "closing", "counting", True),
        ("live", "closed", "over", True),
        ("live", "disputed", "disputed", False),
        ("after_close", "open", "hidden", False),
        ("after_close", "closing", "counting", False),
        ("after_close", "closed", "over", True),
        ("reveal", "open", "hidden", False),
        ("reveal", "closed", "sealed", False),
        ("reveal", "revealed", "over", True),
        ("reveal", "disputed", "disputed", False),
    ],
)
class TestEveryState:
    def test_a_fan_sees_no_figure_too_early(
        self, client: Client, night: Event, page: str, results: str, status: str, phase: str, figures: bool
    ) -> None:
        round_ = held(night, status, results=results)
        shown = read(client, path(night, page))
        assert f'data-phase="{phase}"' in shown
        assert f'data-shows="{"figures" if figures else "names"}"' in shown
        assert tells_figures(shown) is figures
        assert feed(shown)["words"][phase] in shown
        assert all(name in shown for name in names(round_))
        assert "Only you see this" not in shown

    def test_the_organizer_sees_all_of_it_marked_but_not_on_the_screen(
        self, client: Client, night: Event, page: str, results: str, status: str, phase: str, figures: bool
    ) -> None:
        held(night, status, results=results)
        client.force_login(night.owner)
        shown = read(client, path(night, page))
        assert tells_figures(shown) is (figures or page == "live")
        assert ("Only you see this" in shown) is (page == "live" and not figures)


class TestTheBoard:
    def test_the_leader_comes_first_and_the_gap_is_told(self, client: Client, night: Event) -> None:
        first, second, third = names(held(night))
        shown = read(client, path(night))
        assert re.findall(r'<span class="artist">(.*?)</span>', shown) == [first, second, third]
        assert re.findall(r"leaderboard-row is-(\w+)", shown) == ["leader", "chasing", "running"]
        assert "Leads by 438,388" in shown
        assert "438,388 behind" in shown
        assert '<strong class="total">1,091,228</strong>' in shown

    def test_when_it_is_over_the_lead_is_a_victory(self, client: Client, night: Event) -> None:
        held(night, RoundStatus.CLOSED)
        assert "Won by 438,388" in read(client, path(night))

    def test_without_a_vote_nobody_leads(self, client: Client, night: Event) -> None:
        opened(night)
        shown = read(client, path(night))
        assert re.findall(r"leaderboard-row is-(\w+)", shown) == ["vacant", "running", "running"]
        assert "Nobody leads yet" in shown

    def test_a_dead_heat_is_told_on_both_sides(self, client: Client, night: Event) -> None:
        round_ = held(night)
        round_.tallies.filter(votes__gt=100_000).update(votes=500_000)
        assert read(client, path(night)).count("<span>Level at the top</span>") == 2

    def test_a_line_says_who_goes_through(self, client: Client, night: Event) -> None:
        held(night, rules={"advance": 2})
        shown = read(client, path(night))
        assert shown.index("295,741") < shown.index("Top 2 go through") < shown.index("61,358")
        assert re.findall(r"leaderboard-row is-(\w+)", shown) == ["leader", "chasing", "out"]

    def test_without_a_round_the_page_waits(self, client: Client, night: Event) -> None:
        shown = read(client, path(night))
        assert "Voting has not opened yet." in shown
        assert 'data-shows="nothing"' in shown

    def test_a_planned_round_is_waited_for_by_name(self, client: Client, night: Event) -> None:
        RoundFactory.create(event=night, name="Semi-final")
        shown = read(client, path(night))
        assert "Semi-final" in shown
        assert 'data-phase="waiting"' in shown

    def test_the_open_round_comes_before_the_last_one(self, client: Client, night: Event) -> None:
        held(night, RoundStatus.CLOSED)
        opened(night, name="Final")
        shown = read(client, path(night))
        assert ">Final</h1>" in shown
        assert not tells_figures(shown)

    def test_the_clock_counts_to_the_end_of_an_open_round(self, client: Client, night: Event) -> None:
        round_ = held(night)
        assert 'data-clock="off"' in read(client, path(night))
        end = datetime.now(UTC) + timedelta(seconds=90)
        Round.objects.filter(pk=round_.pk).update(closes_at=end)
        shown = read(client, path(night))
        assert 'data-clock="on"' in shown
        assert f'data-until="{end.isoformat()}"' in shown
        assert re.search(r'<span class="figures">1:(30|29)</span>', shown)


class TestTheFeed:
    def test_fans_of_a_public_event_need_no_token(self, client: Client, night: Event) -> None:
        told = feed(read(client, path(night)))
        assert (told["viewing"], told["renew"], told["event"]) == ("", 0, night.public_id)

    @pytest.mark.parametrize(("page", "audience"), [("live", Audience.ORGANIZER), ("stage", Audience.PROJECTOR)])
    def test_who_runs_the_event_looks_with_a_token(
        self, client: Client, night: Event, page: str, audience: Audience, now: datetime
    ) -> None:
        client.force_login(night.owner)
        told = feed(read(client, path(night, page)))
        assert read_token(told["viewing"], event=night.public_id, now=now).audience == audience
        assert 0 < told["renew"] < 3600

    @pytest.mark.parametrize("page", ["live", "stage"])
    def test_attendees_of_a_private_event_look_as_fans(
        self, client: Client, fan: User, page: str, now: datetime
    ) -> None:
        event = EventFactory.create(live=True, access="private")
        AttendeeFactory.create(event=event, signed_in=True, user=fan)
        client.force_login(fan)
        told = feed(read(client, path(event, page)))
        assert read_token(told["viewing"], event=event.public_id, now=now).audience == Audience.FAN

    def test_nobody_keeps_a_page_that_changes(self, client: Client, night: Event) -> None:
        assert client.get(path(night))["Cache-Control"] == "private, no-cache"

    def test_words_of_others_cannot_leave_the_script(self, client: Client, night: Event) -> None:
        night.title = "</script><script>alert(1)</script>"
        night.save()
        held(night, name="</script><b>")
        for page in ("live", "stage"):
            shown = read(client, path(night, page))
            assert "<script>alert" not in shown
            assert "</script><b>" not in shown


def test_all_its_scripts_together_are_under_six_kilobytes(client: Client, night: Event) -> None:
    shown = read(client, path(night))
    scripts = set(re.findall(r'(?:href|src)="/static/(js/[^"]+)"', shown))
    folder = Path(settings.BASE_DIR) / "static"
    imported = {
        f"js/{name}" for script in scripts for name in re.findall(r'from "./(.*?)"', (folder / script).read_text())
    }
    assert imported <= scripts, "what is imported is fetched at once"
    assert sum(len(gzip.compress((folder / script).read_bytes())) for script in scripts) < 6_000


def test_what_is_over_leads_to_its_recap(client: Client) -> None:
    event = EventFactory.create(closed=True)
    held(event, RoundStatus.CLOSED)
    shown = read(client, path(event))
    assert f'href="{path(event, "recap")}"' in shown
    assert f'href="{path(event, "vote")}"' not in shown


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("page", PAGES)
def test_it_speaks_three_languages(client: Client, night: Event, page: str, language: str) -> None:
    held(night)
    shown = read(client, path(night, page), accept_language=language)
    assert f'<html lang="{language}"' in shown


@pytest.mark.parametrize("artists", [1, 3])
@pytest.mark.parametrize(("browser", "queries"), [("", 2), ("fan", 3), ("organizer", 4)], indirect=["browser"])
@pytest.mark.parametrize("page", ["live", "stage"])
def test_as_many_queries_for_three_artists_as_for_one(
    browser: Client, queries: int, page: str, artists: int, night: Event
) -> None:
    """Event and standings; for people user and whether they run it."""
    opened(night, artists=artists)
    browser.get(path(night, page))
    with CaptureQueriesContext(connection) as captured:
        browser.get(path(night, page))
    assert len(captured) == queries, [query["sql"] for query in captured]


@pytest.mark.django_db(transaction=True)
def test_it_answers_while_redis_is_away(client: Client, own_redis: OwnRedis) -> None:
    event = EventFactory.create(live=True)
    held(event)
    own_redis.kill()
    for page in ("live", "stage"):
        assert tells_figures(read(client, path(event, page)))
