"""What the projector shows beside the board."""

import re

import pytest
from django.test import Client

from accounts.models import User
from config.lib import qr
from events.models import Event
from events.tests.factories import EventFactory
from voting.models import RoundStatus
from voting.tests.factories import line_up
from voting.tests.standing import held, names, read

pytestmark = pytest.mark.django_db


def path(event: Event) -> str:
    return f"/events/{event.slug}/stage/"


def places(page: str) -> list[str]:
    return re.findall(r'<span class="place">(\d+)</span>', page)


@pytest.fixture
def night(organizer: User) -> Event:
    return EventFactory.create(live=True, owner=organizer, title="Loud Night", join_keyword="LOUD")


def test_the_room_is_told_how_to_join(client: Client, night: Event) -> None:
    shown = read(client, path(night))
    assert "LOUD" in shown
    assert "+1 202-555-0100" in shown
    assert str(qr.drawn("SMSTO:+12025550100:LOUD")) in shown


@pytest.mark.parametrize("changes", [{"access": "hybrid"}, {"join_keyword": ""}])
def test_where_nobody_may_just_text_the_code_leads_to_the_page(client: Client, changes: dict[str, str]) -> None:
    event = EventFactory.create(live=True, title="By Word of Mouth", **changes)
    shown = read(client, path(event))
    assert "SMSTO" not in shown
    assert "+1 202" not in shown
    assert "Scan to join and vote" in shown
    assert str(qr.drawn(f"http://testserver/events/{event.slug}/")) in shown or "Scan to join" in shown


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_when_the_night_is_over_the_code_leads_to_the_recap(client: Client, state: str) -> None:
    event = EventFactory.create(**{state: True})
    held(event, RoundStatus.CLOSED)
    shown = read(client, path(event))
    assert "Scan to see every result" in shown
    assert "then vote by number" not in shown


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("closed", "The night is over. There was no vote."),
        ("archived", "The night is over. There was no vote."),
        ("cancelled", "This night was called off."),
    ],
)
@pytest.mark.parametrize("page", ["stage", "live"])
def test_nobody_waits_for_the_vote_of_a_night_that_is_over(client: Client, state: str, said: str, page: str) -> None:
    event = EventFactory.create(**{state: True})
    shown = read(client, f"/events/{event.slug}/{page}/")
    assert f'<p class="phase" role="status">{said}</p>' in shown
    assert "Voting has not opened yet." not in shown, "and its module does not say so either"


@pytest.mark.parametrize(("letters", "fit"), [(14, 0), (15, 1), (26, 1), (27, 2), (45, 3), (100, 3)])
def test_a_long_name_of_a_round_is_set_smaller(client: Client, night: Event, letters: int, fit: int) -> None:
    round_ = held(night)
    round_.name = "M" * letters
    round_.save()
    assert f'<h1 class="round-name" data-fit="{fit}">' in read(client, path(night))


def test_while_people_vote_each_artist_stands_with_the_number_to_text(client: Client, night: Event) -> None:
    slots = line_up(night, 3)
    slots[0].ballot_number = 9
    slots[0].save()
    round_ = held(night)
    assert places(read(client, path(night))) == ["2", "3", "9"]
    round_.status = RoundStatus.CLOSED
    round_.save()
    assert places(read(client, path(night))) == ["1", "2", "3"]


def test_no_row_is_too_small_to_be_read_from_the_back(client: Client, night: Event) -> None:
    line_up(night, 12)
    everybody = names(held(night))
    shown = read(client, path(night))
    assert len(places(shown)) == 10
    assert "and 2 more on your phone" in shown
    assert len(everybody) == 12


def test_the_keys_are_told(client: Client, night: Event) -> None:
    shown = read(client, path(night))
    assert re.findall(r"<kbd>(.*?)</kbd>", shown) == ["F", "B", "H", "Esc"]


def test_it_is_not_for_search_engines(client: Client, night: Event) -> None:
    assert '<meta name="robots" content="noindex">' in read(client, path(night))
