"""`/`: what is on tonight and what comes next."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from events.models import Event
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db
EVENING = datetime(2027, 5, 7, 18, 0, tzinfo=UTC)


def sections(client: Client) -> dict[str, str]:
    """The page in parts, by the id of each part's heading; the head is ""."""
    first, *others = client.get("/").content.decode().partition("<main")[2].split('<section class="section"')
    return {"": first} | {part.partition('aria-labelledby="')[2].partition('"')[0]: part for part in others}


def published(title: str, starts_at: datetime, zone: str = "Europe/Berlin", **values: object) -> Event:
    return EventFactory.create(published=True, title=title, starts_at=starts_at, venue__timezone=zone, **values)


@time_machine.travel(EVENING, tick=False)
def test_tonight_is_today_by_the_clock_of_each_venue(client: Client) -> None:
    published("Berlin Late", EVENING + timedelta(hours=3))  # 23:00 in Berlin
    published("Berlin Midnight", EVENING + timedelta(hours=4, minutes=30))  # 00:30 the next day
    published("Tokyo Noon", EVENING + timedelta(hours=9), "Asia/Tokyo")  # it is the 8th there already
    published("Honolulu Morning", EVENING + timedelta(hours=14), "Pacific/Honolulu")  # and still the 7th there
    EventFactory.create(live=True, title="Live Since Yesterday", starts_at=EVENING - timedelta(hours=30))
    published("Next Week", EVENING + timedelta(days=7))
    EventFactory.create(cancelled=True, title="Called Off", starts_at=EVENING)
    parts = sections(client)
    found = {title for title in Event.objects.values_list("title", flat=True) if title in parts["tonight"]}
    assert found == {"Berlin Late", "Tokyo Noon", "Honolulu Morning", "Live Since Yesterday"}
    assert {title for title in ("Berlin Midnight", "Next Week") if title in parts["next"]} == {
        "Berlin Midnight",
        "Next Week",
    }
    assert "Berlin Late" not in parts["next"]
    assert "Called Off" not in "".join(parts.values())


def test_what_is_live_leads_the_page(client: Client) -> None:
    event = EventFactory.create(live=True, title="On Right Now")
    EventFactory.create(published=True, title="Later")
    head = sections(client)[""]
    assert "live-strip" in head
    assert f'<a href="/events/{event.slug}/">On Right Now</a>' in head


def test_a_keyword_of_tonight_is_the_example(client: Client) -> None:
    EventFactory.create(live=True, title="Hers", join_keyword="HERS")
    assert "HERS" in sections(client)["how"]


def test_an_empty_house_teaches_and_leads_on(client: Client) -> None:
    parts = sections(client)
    assert "Nothing on tonight" in parts["tonight"]
    assert 'href="/events/"' in parts["tonight"]
    assert set(parts) == {"", "tonight"}
    assert "live-strip" not in parts[""]


@pytest.mark.parametrize("who", ["", "fan", "outsider", "organizer", "admin_user"])
def test_drafts_and_private_nights_are_for_whom_they_are(
    client: Client, request: pytest.FixtureRequest, organizer: User, who: str
) -> None:
    EventFactory.create(live=True, title="Nobody Knows", access="private", owner=organizer)
    EventFactory.create(title="Not Yet", owner=organizer)
    if who:
        client.force_login(request.getfixturevalue(who))
    page = client.get("/").content.decode()
    assert ("Nobody Knows" in page) == (who in {"organizer", "admin_user"})
    assert "Not Yet" not in page


def test_the_search_leads_to_the_list(client: Client) -> None:
    form = sections(client)[""].partition("<form")[2].partition("</form>")[0]
    assert 'action="/events/"' in form
    assert 'method="get"' in form
    assert 'name="q"' in form


def test_titles_are_text(client: Client) -> None:
    EventFactory.create(live=True, title="<b>Loud</b>")
    assert "<b>Loud" not in client.get("/").content.decode()


@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_other_verbs_are_405(client: Client, verb: str) -> None:
    assert getattr(client, verb)("/").status_code == 405


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    client: Client, fan: User, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    EventFactory.create_batch(items, live=True)
    EventFactory.create_batch(items, published=True)
    with django_assert_num_queries(3):
        client.get("/")
    client.force_login(fan)
    client.get("/")
    with django_assert_num_queries(4):  # and who it is
        client.get("/")
