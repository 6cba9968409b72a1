"""What is told about a night when it is over."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from events.models import Attendee, Event
from events.tests.factories import AttendeeFactory, EventFactory, SlotFactory
from voting.models import Ballot, RoundStatus, Tally
from voting.tests.factories import BallotFactory, opened
from voting.tests.standing import count, held, names, read, tells_figures

pytestmark = pytest.mark.django_db


def path(event: Event) -> str:
    return f"/events/{event.slug}/recap/"


@pytest.fixture
def night(organizer: User) -> Event:
    return EventFactory.create(closed=True, owner=organizer, title="Loud Night")


@pytest.mark.parametrize("state", ["published", "live"])
def test_before_the_end_it_says_when_it_will_be_here(client: Client, state: str) -> None:
    event = EventFactory.create(**{state: True})
    held(event)
    response = client.get(path(event))
    shown = response.content.decode()
    assert "When the event is over you find here who won" in shown
    assert not tells_figures(shown)
    assert response["Cache-Control"] == "private, no-cache"


def test_a_night_that_was_called_off_has_none(client: Client) -> None:
    shown = read(client, path(EventFactory.create(cancelled=True)))
    assert "This night did not happen" in shown


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_the_winner_of_the_last_round_is_the_headline(client: Client, state: str) -> None:
    event = EventFactory.create(**{state: True})
    line = [SlotFactory.create(event=event) for _ in range(3)]
    held(event, RoundStatus.CLOSED, name="Semi-final")
    _final, entries = opened(event, name="Final")
    count(entries[2], 8)
    entries[0].round.entries.first()
    type(_final).objects.filter(pk=_final.pk).update(status=RoundStatus.CLOSED)
    shown = read(client, path(event))
    (headline,) = re.findall(r"<h1[^>]*>\s*<span class=\"visually-hidden\">(.*?)</span>", shown)
    assert headline == line[2].artist.name
    assert "with 8 of 8 votes" in shown
    assert shown.index(">Final</h3>") < shown.index(">Semi-final</h3>")
    assert "1,091,228 votes counted" in shown


def test_after_a_dead_heat_both_are_named(client: Client, night: Event) -> None:
    round_ = held(night, RoundStatus.CLOSED)
    Tally.objects.filter(round=round_, votes__gt=100_000).update(votes=500_000)
    first, second, _third = names(round_)
    shown = read(client, path(night))
    assert f"{first} &amp; {second}" in shown
    assert "A dead heat between" in shown


@pytest.mark.parametrize(
    ("results", "status", "told"),
    [
        ("reveal", "closed", False),
        ("reveal", "revealed", True),
        ("live", "disputed", False),
        ("after_close", "closed", True),
    ],
)
@pytest.mark.parametrize("browser", ["", "organizer"])
def test_what_was_not_revealed_is_told_to_nobody_here(
    client: Client, night: Event, browser: str, results: str, status: str, told: bool
) -> None:
    """Also not to who runs the event: the page is the same for everybody."""
    if browser:
        client.force_login(night.owner)
    round_ = held(night, status, results=results)
    shown = read(client, path(night))
    assert tells_figures(shown) is told
    assert ("This result was not revealed." in shown) is not told
    assert ("The room chose" in shown) is told
    assert ("Votes by the way they came" in shown) is told
    assert round_.number == 1


def test_the_room_is_counted(client: Client, night: Event) -> None:
    round_, entries = opened(night)
    people = AttendeeFactory.create_batch(4, event=night)
    AttendeeFactory.create(event=night, status="pending", confirmed_at=None)
    Attendee.objects.filter(pk=people[3].pk).update(status="left", merged_into=people[0])
    for person in people[:2]:
        BallotFactory.create(round=round_, entry=entries[0], attendee=person)
    BallotFactory.create(round=round_, entry=None, attendee=people[2], state="rejected", reason="ROUND_CLOSED")
    count(entries[0], 1, "sms")
    count(entries[0], 3, "web")
    type(round_).objects.filter(pk=round_.pk).update(status=RoundStatus.CLOSED)
    shown = read(client, path(night))
    assert "2 of the 4 who joined voted." in shown
    assert "Web: 3 of 4 votes." in shown
    assert Ballot.objects.count() == 3


def test_while_no_result_is_shown_it_tells_how_many_said_yes(client: Client, night: Event) -> None:
    assert "Nobody joined." in read(client, path(night))
    AttendeeFactory.create_batch(2, event=night)
    AttendeeFactory.create(event=night, status="pending", confirmed_at=None)
    assert "2 of the 3 who joined said yes." in read(client, path(night))


def test_nobody_is_named_who_came(client: Client, night: Event, fan: User) -> None:
    person = AttendeeFactory.create(event=night)
    AttendeeFactory.create(event=night, signed_in=True, user=fan)
    held(night, RoundStatus.CLOSED)
    shown = read(client, path(night))
    assert person.phone is not None
    for private in (person.phone.value, person.public_id, fan.email, fan.name):
        assert private not in shown


def test_without_a_vote_it_says_so(client: Client, night: Event) -> None:
    SlotFactory.create(event=night, artist__name="Kid Apricot")
    shown = read(client, path(night))
    assert "There was no vote that night." in shown
    assert "Kid Apricot" in shown


class TestCaching:
    def test_anybodys_cache_may_keep_it(self, client: Client, night: Event) -> None:
        held(night, RoundStatus.CLOSED)
        response = client.get(path(night))
        assert response["Cache-Control"] == "public, no-cache"
        assert not response.cookies
        again = client.get(path(night), headers={"If-None-Match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_what_changed_has_another_tag(self, client: Client, night: Event) -> None:
        round_ = held(night, RoundStatus.CLOSED, results="reveal")
        tag = client.get(path(night))["ETag"]
        type(round_).objects.filter(pk=round_.pk).update(status=RoundStatus.REVEALED)
        response = client.get(path(night), headers={"If-None-Match": tag})
        assert response.status_code == 200
        assert response["ETag"] != tag

    @pytest.mark.parametrize("access", ["public", "private"])
    def test_what_is_shown_to_one_person_is_kept_by_nobody_else(
        self, client: Client, organizer: User, access: str
    ) -> None:
        event = EventFactory.create(closed=True, owner=organizer, access=access)
        client.force_login(organizer)
        assert client.get(path(event))["Cache-Control"] == "private, no-cache"

    def test_whoever_brings_a_cookie_may_be_told_something_of_their_own(self, client: Client, night: Event) -> None:
        client.cookies["messages"] = "waits to be shown"
        assert client.get(path(night))["Cache-Control"] == "private, no-cache"

    def test_a_language_asked_for_by_link_is_kept_apart(self, client: Client, night: Event) -> None:
        response = client.get(path(night), {"lang": "es"})
        assert '<html lang="es"' in response.content.decode()
        assert response["Cache-Control"] == "private, no-cache"
        assert "Accept-Language" in client.get(path(night))["Vary"]


@pytest.mark.parametrize("rounds", [1, 3])
def test_as_many_queries_for_three_rounds_as_for_one(client: Client, night: Event, rounds: int) -> None:
    for _round in range(rounds):
        held(night, RoundStatus.CLOSED)
    client.get(path(night))
    with CaptureQueriesContext(connection) as captured:
        client.get(path(night))
    # event, line-up, rounds, people, voters, channels
    assert len(captured) == 6, [query["sql"] for query in captured]


def figures_of(page: str) -> list[Any]:
    return re.findall(r'class="votes">([\d,]+)', page)


def test_each_round_has_its_standings(client: Client, night: Event) -> None:
    held(night, RoundStatus.CLOSED)
    held(night, RoundStatus.CLOSED)
    assert figures_of(read(client, path(night))) == ["734,129", "295,741", "61,358"] * 2
