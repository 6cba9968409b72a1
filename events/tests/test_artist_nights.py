"""Which nights the page of an artist shows, and how nights lead to artists."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from artists.models import Artist, ArtistStatus
from artists.tests.factories import ArtistFactory
from events.models import InviteStatus
from events.tests.factories import EventFactory, SlotFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(db: None) -> Artist:
    return ArtistFactory.create(name="Ana", slug="ana")


def play(artist: Artist, title: str, *, invite_status: InviteStatus = InviteStatus.ACCEPTED, **event: Any) -> None:
    SlotFactory.create(artist=artist, event=EventFactory.create(title=title, **event), invite_status=invite_status)


def parts(client: Client) -> tuple[str, str, str]:
    """The page's head, its next nights, its past ones."""
    page = client.get("/artists/ana/").content.decode()
    head, _, rest = page.partition('<section class="section" aria-labelledby="next">')
    following, _, past = rest.partition('<section class="section"')
    return head, following, past


def test_next_and_past_nights_stand_apart(client: Client, ana: Artist) -> None:
    play(ana, "Soon", published=True)
    play(ana, "On", live=True)
    play(ana, "Just Over", closed=True)
    play(ana, "Long Over", archived=True)
    EventFactory.create(published=True, title="Elsewhere")
    _head, following, past = parts(client)
    assert following.index("On</a>") < following.index("Soon</a>")
    assert past.index("Just Over") < past.index("Long Over")
    assert "Over</a>" not in following
    assert "Elsewhere" not in following + past


def test_the_main_action_is_the_next_night(client: Client, ana: Artist) -> None:
    play(ana, "Soon", published=True, slug="soon")
    play(ana, "On", live=True, slug="on")
    head, _following, _past = parts(client)
    button = head.partition('class="button button-action"')[2].partition("</a>")[0]
    assert 'href="/events/on/"' in button
    assert "Next: On" in button


@pytest.mark.parametrize("who", ["", "fan", "organizer", "admin_user"])
def test_nobody_reads_of_drafts_private_and_cancelled_nights(
    client: Client, request: pytest.FixtureRequest, organizer: User, ana: Artist, who: str
) -> None:
    play(ana, "Hidden Draft", owner=organizer)
    play(ana, "Hidden Private", published=True, access="private", owner=organizer)
    play(ana, "Hidden Past", closed=True, access="private", owner=organizer)
    play(ana, "Hidden Cancelled", cancelled=True, owner=organizer)
    play(ana, "Hidden Declined", published=True, invite_status=InviteStatus.DECLINED)
    if who:
        client.force_login(request.getfixturevalue(who))
    assert "Hidden" not in "".join(parts(client))


def test_without_a_night_the_page_leads_to_all_of_them(client: Client, ana: Artist) -> None:
    head, following, past = parts(client)
    assert "button-action" not in head
    assert "No night announced" in following
    assert 'href="/events/"' in following
    assert past == ""


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    client: Client, fan: User, ana: Artist, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(items):
        play(ana, "Soon", published=True)
        play(ana, "Over", closed=True)
    with django_assert_num_queries(4):  # the artist, next nights, past nights, rounds
        client.get("/artists/ana/")
    client.force_login(fan)
    client.get("/artists/ana/")
    with django_assert_num_queries(5):  # and who it is
        client.get("/artists/ana/")


class TestBill:
    def test_the_bill_of_a_night_leads_to_its_artists(self, client: Client, ana: Artist) -> None:
        play(ana, "Soon", published=True, slug="soon")
        page = client.get("/events/soon/").content.decode()
        assert '<a href="/artists/ana/">Ana</a>' in page
        assert performer(page)["url"] == "http://127.0.0.1:8000/artists/ana/"

    def test_but_not_to_one_who_has_withdrawn(self, client: Client, ana: Artist) -> None:
        play(ana, "Soon", published=True, slug="soon")
        Artist.objects.update(status=ArtistStatus.WITHDRAWN)
        page = client.get("/events/soon/").content.decode()
        assert "Ana" in page
        assert "/artists/ana/" not in page
        assert performer(page) == {"@type": "MusicGroup", "name": "Ana"}


def performer(page: str) -> dict[str, str]:
    document = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    found: dict[str, str] = document["performer"][0]
    return found
