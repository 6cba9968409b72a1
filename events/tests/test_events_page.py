"""`/events/`: every night, found by day, town, state and words, page by page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from events.models import Event
from events.tests.factories import EventFactory, SlotFactory

pytestmark = pytest.mark.django_db
MAY = datetime(2027, 5, 1, 18, 0, tzinfo=UTC)


def titles(client: Client, address: str = "/events/") -> list[str]:
    """What hangs there, in order."""
    response = client.get(address)
    assert response.status_code == 200
    return re.findall(r'<h3><a href="/events/[\w-]+/">([^<]*)</a>', response.content.decode())


def link(client: Client, address: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', client.get(address).content.decode())
    return found[1].replace("&amp;", "&") if found else ""


@pytest.fixture
def programme(db: None) -> None:
    """A little of everything around 1 May 2027."""
    with time_machine.travel(MAY):
        loud = EventFactory.create(
            published=True, title="Loud Night", starts_at=MAY + timedelta(days=2), venue__city="Leeds"
        )
        SlotFactory.create(event=loud, artist__name="Kid Apricot")
        quiet = EventFactory.create(published=True, title="Quiet Night", starts_at=MAY + timedelta(days=9))
        SlotFactory.create(event=quiet, artist__name="Kid Declined", invite_status="declined")
        EventFactory.create(live=True, title="Now On")
        EventFactory.create(closed=True, title="Yesterday")
        EventFactory.create(archived=True, title="Long Ago")
        EventFactory.create(cancelled=True, title="Called Off")
        EventFactory.create(title="Draft")
        EventFactory.create(published=True, title="Secret", access="private")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Now On", "Loud Night", "Quiet Night"]),
        ("status=live", ["Now On"]),
        ("status=tonight", ["Now On"]),
        ("status=over", ["Yesterday", "Long Ago"]),
        ("status=cancelled", ["Called Off"]),
        ("q=loud", ["Loud Night"]),
        ("q=apricot", ["Loud Night"]),
        ("q=declined", []),
        ("q=secret", []),
        ("city=LEEDS", ["Loud Night"]),
        ("city=leeds&q=quiet", []),
        ("first=2027-05-04", ["Quiet Night"]),
        ("last=2027-05-03", ["Now On", "Loud Night"]),
        ("first=2027-05-03&last=2027-05-03", ["Loud Night"]),
        ("q=%00", ["Now On", "Loud Night", "Quiet Night"]),
        ("status=draft", ["Now On", "Loud Night", "Quiet Night"]),
        ("first=yesterday", ["Now On", "Loud Night", "Quiet Night"]),
        ("first=0001-01-01&last=9999-12-31", ["Now On", "Loud Night", "Quiet Night"]),
    ],
)
@time_machine.travel(MAY)
def test_filters(client: Client, programme: None, query: str, found: list[str]) -> None:
    assert titles(client, f"/events/?{query}") == found


def test_days_are_those_of_the_venue(client: Client) -> None:
    starts_at = datetime(2027, 5, 2, 3, 0, tzinfo=UTC)  # still the evening of 1 May in Los Angeles
    EventFactory.create(published=True, title="West", starts_at=starts_at, venue__timezone="America/Los_Angeles")
    EventFactory.create(published=True, title="East", starts_at=starts_at, venue__timezone="Asia/Tokyo")
    assert titles(client, "/events/?first=2027-05-01&last=2027-05-01") == ["West"]
    assert titles(client, "/events/?first=2027-05-02&last=2027-05-02") == ["East"]


def test_what_was_asked_stays_in_the_form(client: Client) -> None:
    page = client.get("/events/?q=%22loud%22&city=Leeds&first=2027-05-01&status=over").content.decode()
    for value in ("&quot;loud&quot;", "Leeds", "2027-05-01", "over"):
        assert f'value="{value}"' in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("first=soon", "One thing to mend. What you typed is kept."),
        ("first=2027-05-02&last=2027-05-01", "Choose a day that is not before the first."),
    ],
)
def test_what_cannot_be_read_is_said(client: Client, query: str, words: str) -> None:
    assert words in client.get(f"/events/?{query}").content.decode()


def test_nothing_found_offers_everything(client: Client) -> None:
    page = client.get("/events/?q=nothing").content.decode()
    assert "No night like that" in page
    assert '<a class="button button-plain" href="/events/">' in " ".join(page.split())


class TestPages:
    @pytest.fixture
    def many(self, db: None) -> list[str]:
        """45 nights, three at a time."""
        starts = [MAY + timedelta(days=number // 3) for number in range(45)]
        made = [EventFactory.create(published=True, title=f"N{n:02}", starts_at=at) for n, at in enumerate(starts)]
        return [event.title for event in made]

    def test_all_are_met_once_forward_and_back(self, client: Client, many: list[str]) -> None:
        address, met = "/events/?city=berlin", []
        while address:
            met += titles(client, address)
            last, address = address, link(client, address, "next")
        assert met == many
        back: list[str] = []
        while last:
            back = titles(client, last) + back
            last = link(client, last, "prev")
        assert back == many

    def test_pages_keep_the_filters(self, client: Client, many: list[str]) -> None:
        assert "city=berlin" in link(client, "/events/?city=berlin&lang=es", "next")
        assert "lang=" not in link(client, "/events/?city=berlin&lang=es", "next")

    @pytest.mark.parametrize("cursor", ["nonsense", "é", "A" * 3_000])
    def test_a_cursor_nobody_gave_out_starts_again(self, client: Client, many: list[str], cursor: str) -> None:
        response = client.get("/events/", {"q": "N", "cursor": cursor})
        assert response.status_code == 302
        assert response["Location"] == "/events/?q=N"

    def test_a_cursor_of_another_order_starts_again(self, client: Client, many: list[str]) -> None:
        following = link(client, "/events/", "next")
        assert client.get(f"{following}&status=over")["Location"] == "/events/?status=over"


@pytest.mark.parametrize("who", ["fan", "outsider", "organizer", "admin_user"])
def test_people_see_their_own_private_nights(
    client: Client, request: pytest.FixtureRequest, organizer: User, who: str
) -> None:
    EventFactory.create(published=True, title="Secret", access="private", owner=organizer)
    client.force_login(request.getfixturevalue(who))
    assert titles(client) == (["Secret"] if who in {"organizer", "admin_user"} else [])


def test_nobody_finds_drafts(client: Client, organizer: User) -> None:
    EventFactory.create(owner=organizer)
    client.force_login(organizer)
    assert titles(client) == []
    assert Event.objects.exists()


@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_other_verbs_are_405(client: Client, verb: str) -> None:
    assert getattr(client, verb)("/events/").status_code == 405


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    client: Client, fan: User, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    EventFactory.create_batch(items, published=True)
    with django_assert_num_queries(2):  # the page, and how many there are
        client.get("/events/?q=night&city=berlin")
    client.force_login(fan)
    client.get("/events/")
    with django_assert_num_queries(3):  # and who it is
        client.get("/events/?q=night&city=berlin")
