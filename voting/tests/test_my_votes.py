"""The votes on `/me/` and `/me/votes/`: one's own, and nobody else's."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from config.tests.reading import main_of
from events.models import Attendee
from events.tests.factories import AttendeeFactory, PhoneFactory
from voting.models import Ballot, Entry, Round
from voting.my_votes import my_votes_of
from voting.tests.factories import BallotFactory, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_(db: None) -> tuple[Round, list[Entry]]:
    return opened(name="The final")


@pytest.fixture
def attendee(fan: User, round_: tuple[Round, list[Entry]]) -> Attendee:
    made: Attendee = AttendeeFactory.create(signed_in=True, user=fan, event=round_[0].event)
    return made


def vote(attendee: Attendee, round_: tuple[Round, list[Entry]], entry: int = 0, **fields: Any) -> Ballot:
    ballot: Ballot = BallotFactory.create(round=round_[0], entry=round_[1][entry], attendee=attendee, **fields)
    return ballot


def test_a_vote_says_for_whom_where_when_how_and_whether_it_counts(
    client: Client, fan: User, attendee: Attendee, round_: tuple[Round, list[Entry]]
) -> None:
    ballot = vote(attendee, round_, channel="sms")
    client.force_login(fan)
    for address in ("/me/", "/me/votes/"):
        page = main_of(client.get(address))
        for words in (round_[1][0].slot.artist.name, attendee.event.title, "The final", "by text", "Counted"):
            assert words in page
        assert f'href="/votes/{ballot.receipt}/"' in page


@pytest.mark.parametrize(
    ("state", "words"),
    [("accepted", "Counted"), ("quarantined", "Held back for review"), ("superseded", "Replaced")],
)
def test_every_standing_or_replaced_vote_is_there(
    fan: User, attendee: Attendee, round_: tuple[Round, list[Entry]], state: str, words: str
) -> None:
    vote(attendee, round_, state=state)
    (mine,) = my_votes_of(fan).votes
    assert str(mine.state.label) == words


def test_what_was_refused_when_cast_is_no_vote(
    fan: User, attendee: Attendee, round_: tuple[Round, list[Entry]]
) -> None:
    vote(attendee, round_, state="rejected", reason="DUPLICATE")
    assert my_votes_of(fan).votes == []


def test_nobody_elses_votes_are_there(
    client: Client, fan: User, outsider: User, attendee: Attendee, round_: tuple[Round, list[Entry]]
) -> None:
    mine = vote(attendee, round_)
    theirs = vote(AttendeeFactory.create(event=attendee.event), round_, 1)
    BallotFactory.create(round=round_[0], entry=round_[1][2], attendee=None)  # erased
    assert [each.receipt for each in my_votes_of(fan).votes] == [mine.receipt]
    for other in (outsider, attendee.event.owner):
        client.force_login(other)
        for address in ("/me/", "/me/votes/"):
            page = client.get(address).content.decode()
            assert mine.receipt not in page
            assert theirs.receipt not in page


def test_the_pairs_votes_are_one_persons(fan: User, round_: tuple[Round, list[Entry]]) -> None:
    phone = PhoneFactory.create(value="+14155550134")
    User.objects.filter(pk=fan.pk).update(phone=phone.value, phone_verified_at=timezone.now())
    fan.refresh_from_db()
    older = AttendeeFactory.create(phone=phone, event=round_[0].event)
    younger = AttendeeFactory.create(signed_in=True, user=fan, event=round_[0].event, status="left", merged_into=older)
    now = timezone.now()
    vote(older, round_, received_at=now)
    vote(younger, round_, 1, state="superseded", received_at=now - timedelta(minutes=1))
    assert [str(each.state.label) for each in my_votes_of(fan).votes] == ["Counted", "Replaced"]


def test_many_votes_come_in_pages_the_newest_first(
    client: Client, fan: User, attendee: Attendee, round_: tuple[Round, list[Entry]]
) -> None:
    now = timezone.now()
    cast = [
        vote(attendee, round_, state="superseded", received_at=now - timedelta(minutes=number)).receipt
        for number in range(45)
    ]
    client.force_login(fan)
    seen: list[str] = []
    address = "/me/votes/"
    while address:
        page = main_of(client.get(address))
        seen += re.findall(r"<code>(\w+)</code>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/me/votes/" + following[1] if following else ""
    assert seen == cast
    page = main_of(client.get("/me/"))
    assert re.findall(r"<code>(\w+)</code>", page) == cast[:5]
    assert 'href="/me/votes/"' in page
    assert cast[0] in main_of(client.get("/me/votes/?cursor=nonsense"))


def test_an_empty_page_teaches(client: Client, fan: User) -> None:
    client.force_login(fan)
    assert "No vote yet" in main_of(client.get("/me/votes/"))
    assert "No vote yet" not in main_of(client.get("/me/"))


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    fan: User, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _item in range(items):
        round_ = opened()
        vote(AttendeeFactory.create(signed_in=True, user=fan, event=round_[0].event), round_)
    with django_assert_num_queries(1):
        assert len(my_votes_of(fan).votes) == items
