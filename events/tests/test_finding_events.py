"""Events over the API: who sees which, how they are found, and what reading costs."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from artists.models import Artist
from events.models import Event, InviteStatus
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory, SlotFactory, VenueFactory

pytestmark = pytest.mark.django_db
EVENTS = "/api/v1/events"


def path(event: Event, step: str = "") -> str:
    return f"{EVENTS}/{event.public_id}{step}"


SEEN = {  # who sees which of the organizer's events
    "owner": {"draft", "published", "private", "hybrid", "cancelled"},
    "manager": {"draft", "published", "private", "hybrid", "cancelled"},
    "door": {"draft", "published", "private", "hybrid", "cancelled"},
    "admin_user": {"draft", "published", "private", "hybrid", "cancelled"},
    "attendee": {"published", "private", "hybrid", "cancelled"},
    "outsider": {"published", "hybrid", "cancelled"},
    "fan": {"published", "hybrid", "cancelled"},
    "anonymous": {"published", "hybrid", "cancelled"},
}


@pytest.mark.parametrize("who", SEEN)
def test_who_sees_what_alone_and_in_lists(
    api: APIClient, request: pytest.FixtureRequest, organizer: User, who: str
) -> None:
    events = {
        "draft": EventFactory.create(owner=organizer),
        "published": EventFactory.create(owner=organizer, published=True),
        "private": EventFactory.create(owner=organizer, published=True, access="private"),
        "hybrid": EventFactory.create(owner=organizer, published=True, access="hybrid"),
        "cancelled": EventFactory.create(owner=organizer, cancelled=True),
    }
    person = UserFactory.create()
    for event in events.values():
        if who in {"manager", "door"}:
            EventStaffFactory.create(event=event, user=person, role=who)
        if who == "attendee":
            AttendeeFactory.create(event=event, signed_in=True, user=person)
    known = {"owner": organizer, "manager": person, "door": person, "attendee": person}
    if who != "anonymous":
        api.force_authenticate(known.get(who) or request.getfixturevalue(who))
    alone = {name for name, event in events.items() if api.get(path(event)).status_code == 200}
    listed = {event["id"] for event in api.get(EVENTS).json()["data"]}
    assert alone == SEEN[who]
    assert {name for name, event in events.items() if event.public_id in listed} == SEEN[who]


def test_the_line_up_shows_who_is_on_the_ballot_in_order(api: APIClient) -> None:
    event = EventFactory.create(live=True)
    first, second, declined = (SlotFactory.create(event=event) for _slot in range(3))
    declined.invite_status = InviteStatus.DECLINED
    declined.save()
    lineup = api.get(path(event)).json()["data"]["lineup"]
    assert lineup == [
        {
            "artist": {"id": slot.artist.public_id, "name": slot.artist.name, "slug": slot.artist.slug},
            "ballot_number": number,
            "invite_status": "pending",
            "set_at": None,
        }
        for number, slot in enumerate([first, second], start=1)
    ]


def test_an_unchanged_event_is_not_sent_again(api: APIClient, organizer: User) -> None:
    event = EventFactory.create(published=True)
    first = api.get(path(event))
    assert first["Cache-Control"] == "public, no-cache"
    again = api.get(path(event), HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    api.force_authenticate(event.owner)
    assert api.get(path(event))["Cache-Control"] == "no-store"


def test_an_artist_with_a_new_name_changes_the_etag(api: APIClient) -> None:
    slot = SlotFactory.create(event__published=True)
    before = api.get(path(slot.event))["ETag"]
    Artist.objects.filter(pk=slot.artist_id).update(name="New", version=2)
    response = api.get(path(slot.event), HTTP_IF_NONE_MATCH=before)
    assert (response.status_code, response.json()["data"]["lineup"][0]["artist"]["name"]) == (200, "New")


def test_a_changed_line_up_changes_the_etag(api: APIClient, organizer: User) -> None:
    event = EventFactory.create(published=True, owner=organizer)
    before = api.get(path(event))["ETag"]
    api.force_authenticate(organizer)
    assert api.post(path(event, "/artists"), {"name": "Ana"}).status_code == 201
    assert api.get(path(event))["ETag"] != before


@pytest.mark.parametrize("identifier", ["0000000000000000", "nonsense", "%00", "0123456789abcde", "é" * 16])
def test_there_is_nothing_under_other_ids(api: APIClient, identifier: str) -> None:
    response = api.get(f"{EVENTS}/{identifier}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("address", "verb"), [("", "put"), ("", "patch"), ("", "delete"), ("/{id}", "post"), ("/{id}/publish", "get")]
)
def test_the_wrong_verb_is_405(api: APIClient, admin_user: User, address: str, verb: str) -> None:
    api.force_authenticate(admin_user)
    event = EventFactory.create()
    response = getattr(api, verb)(EVENTS + address.format(id=event.public_id), {})
    assert (response.status_code, response.json()["error"]["code"]) == (405, "METHOD_NOT_ALLOWED")


# --- Finding ----------------------------------------------------------------------------------------------------------


def found(api: APIClient, **asked: str) -> list[str]:
    response = api.get(EVENTS, asked)
    assert response.status_code == 200, response.json()
    return [event["title"] for event in response.json()["data"]]


def test_events_are_found_by_every_filter(api: APIClient) -> None:
    day = datetime(2030, 5, 1, 20, tzinfo=UTC)
    rome = VenueFactory.create(city="Rome", name="Monk")
    EventFactory.create(published=True, title="A", starts_at=day, category="concert", tags=["punk"])
    EventFactory.create(live=True, title="B", starts_at=day + timedelta(days=1), venue=rome, access="hybrid")
    quartet = EventFactory.create(published=True, title="C 100%", starts_at=day + timedelta(days=2))
    SlotFactory.create(event=quartet, artist__name="The Ünder Quartet")
    assert found(api) == ["A", "B", "C 100%"]
    assert found(api, ordering="-starts_at") == ["C 100%", "B", "A"]
    assert found(api, status="live") == ["B"]
    assert found(api, access="hybrid") == ["B"]
    assert found(api, city="rome") == ["B"]
    assert found(api, category="Concert") == ["A"]
    assert found(api, tag="Punk") == ["A"]
    assert found(api, **{"from": "2030-05-02T20:00:00Z"}) == ["B", "C 100%"]
    assert found(api, to="2030-05-02T20:00:00Z") == ["A"]
    assert found(api, **{"from": "2030-05-02"}) == ["B", "C 100%"]
    assert found(api, q="under quartet") == []
    assert found(api, q="ünder quart") == ["C 100%"]
    assert found(api, q="monk") == ["B"]
    assert found(api, q="0%") == ["C 100%"]
    assert found(api, q="rome", status="published") == []


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"status": "open"}, 422),
        ({"from": "yesterday"}, 422),
        ({"q": "nul\0"}, 422),
        ({"q": ""}, 422),
        ({"q": "x" * 101}, 422),
        ({"ordering": "owner"}, 400),
        ({"cursor": "garbage"}, 400),
        ({"limit": "0"}, 400),
        ({"limit": "101"}, 400),
        ({"limit": "9" * 5000}, 400),
    ],
)
def test_what_cannot_be_asked_is_said(api: APIClient, asked: dict[str, str], status: int) -> None:
    assert api.get(EVENTS, asked).status_code == status


def test_pages_show_every_event_once(api: APIClient) -> None:
    start = datetime(2030, 5, 1, 20, tzinfo=UTC)
    EventFactory.create_batch(5, published=True, starts_at=start)  # equal starts are the hard case
    titles: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(EVENTS, {"limit": "2", "cursor": cursor}).json()
        titles += [event["title"] for event in page["data"]]
        cursor = page["meta"]["next"]
    assert sorted(titles) == sorted(Event.objects.values_list("title", flat=True))


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_costs_the_same_however_long_it_is(
    api: APIClient, fan: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for event in EventFactory.create_batch(number, published=True):
        SlotFactory.create_batch(number, event=event)
    api.force_authenticate(fan)
    with django_assert_num_queries(2):
        assert len(api.get(EVENTS).json()["data"]) == number
