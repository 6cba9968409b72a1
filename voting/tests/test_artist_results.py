"""Which rounds the page of an artist tells of, and what it says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from artists.models import Artist
from artists.tests.factories import ArtistFactory
from events.models import Event
from events.tests.factories import EventFactory, SlotFactory
from voting.artist_results import artist_results
from voting.models import BallotChannel, Round, RoundStatus, Tally
from voting.tests.factories import opened

pytestmark = pytest.mark.django_db
LIVE, AFTER, REVEAL = ({"results": rule} for rule in ("live", "after_close", "reveal"))


@pytest.fixture
def ana(db: None) -> Artist:
    return ArtistFactory.create(name="Ana", slug="ana")


def held(
    ana: Artist, votes: list[int], *, status: str = RoundStatus.CLOSED, rules: object = LIVE, **event: Any
) -> Event:
    """A night with one round; Ana is first on its ballot, and `votes` are in its order."""
    night = EventFactory.create(**{"closed": True, **event})
    SlotFactory.create(event=night, artist=ana)
    for _other in votes[1:]:
        SlotFactory.create(event=night)
    made, entries = opened(night)
    for entry, number in zip(entries, votes, strict=True):
        if number:
            Tally.objects.create(round=made, entry=entry, channel=BallotChannel.SMS, votes=number - 1)
            Tally.objects.create(round=made, entry=entry, channel=BallotChannel.WEB, votes=1)
    Round.objects.filter(pk=made.pk).update(status=status, vote_config=rules)
    return night


def test_rank_votes_and_share_of_every_channel_together(ana: Artist) -> None:
    night = held(ana, [3, 6, 3], title="Loud")
    (result,) = artist_results(ana)
    assert (result.night, result.href) == ("Loud", f"/events/{night.slug}/")
    assert (result.rank, result.contenders, result.votes, result.share) == (2, 3, "3", 0.25)
    assert (result.place, result.percent) == ("2 of 3", "25\u00a0%")


@pytest.mark.parametrize(
    ("status", "rules", "told"),
    [
        (RoundStatus.CLOSED, LIVE, True),
        (RoundStatus.CLOSED, AFTER, True),
        (RoundStatus.CLOSED, REVEAL, False),
        (RoundStatus.REVEALED, REVEAL, True),
        (RoundStatus.OPEN, LIVE, False),
        (RoundStatus.CLOSING, LIVE, False),
        (RoundStatus.DISPUTED, LIVE, False),
    ],
)
def test_nothing_is_told_that_is_withheld(ana: Artist, status: str, rules: object, told: bool) -> None:
    held(ana, [1, 2], status=status, rules=rules)
    assert bool(artist_results(ana)) == told


def test_a_round_without_rules_of_its_own_follows_the_event(ana: Artist) -> None:
    held(ana, [1, 2], rules={}, vote_config=REVEAL)
    assert artist_results(ana) == []


@pytest.mark.parametrize("event", [{"access": "private"}, {"closed": False}], ids=["private", "draft"])
def test_nights_that_nobody_may_find_are_not_told_of(ana: Artist, event: dict[str, Any]) -> None:
    held(ana, [1, 2], **event)
    assert artist_results(ana) == []


def test_a_round_nobody_voted_in_and_those_of_others_say_nothing(ana: Artist) -> None:
    held(ana, [0, 0])
    held(ArtistFactory.create(), [2, 1])
    assert artist_results(ana) == []


def test_the_latest_stands_first(ana: Artist) -> None:
    for days, title in ((3, "Older"), (1, "Newer")):
        night = held(ana, [1, 2], title=title)
        Round.objects.filter(event=night).update(opened_at=datetime.now(UTC) - timedelta(days=days))
    assert [result.night for result in artist_results(ana)] == ["Newer", "Older"]


@pytest.mark.parametrize("items", [1, 3])
def test_the_page_shows_them_at_the_same_cost(
    client: Client, ana: Artist, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(items):
        held(ana, [2, 1])
    with django_assert_num_queries(5):  # the artist, next nights, past nights, rounds, their ballots
        page = client.get("/artists/ana/").content.decode()
    assert page.count("1 of 2") == items
    assert "67\u00a0%" in page
