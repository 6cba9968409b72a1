"""The console's pages of events: their life in steps, each said before it is done; and whose they are."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.tests.factories import confirm_email
from events.models import Event, EventStatus, Venue
from events.tests.console import LIST, body, change, management, step, typed
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory, SlotFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(organizer: User) -> Event:
    starts_at = datetime(2099, 7, 1, 18, 0, tzinfo=UTC)
    return EventFactory.create(owner=organizer, title="Copper Night", starts_at=starts_at, join_keyword="COPPER")


@pytest.fixture
def desk(client: Client, organizer: User) -> Client:
    client.force_login(organizer)
    return client


# --- its life ---


@pytest.mark.parametrize(
    ("traits", "name", "status"),
    [
        ({}, "publish", EventStatus.PUBLISHED),
        ({"published": True}, "go-live", EventStatus.LIVE),
        ({"live": True}, "close", EventStatus.CLOSED),
        ({"closed": True}, "archive", EventStatus.ARCHIVED),
        ({"published": True}, "cancel", EventStatus.CANCELLED),
    ],
)
def test_a_step_is_said_and_then_done(
    desk: Client, organizer: User, traits: dict[str, bool], name: str, status: str
) -> None:
    confirm_email(organizer)
    event = EventFactory.create(owner=organizer, **traits)
    before = event.status

    assert step(event, name) in body(desk.get(change(event)))
    assert desk.get(step(event, name)).status_code == 200
    assert Event.objects.get().status == before

    assert desk.post(step(event, name))["Location"] == change(event)
    assert Event.objects.get().status == status
    assert AuditEntry.objects.get().channel == "admin"


def test_a_draft_is_deleted(desk: Client, event: Event) -> None:
    assert desk.post(step(event, "delete"))["Location"] == LIST
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("traits", "name", "words"),
    [
        ({}, "publish", "Confirm your e-mail address first."),
        ({}, "close", "This event is draft, so it cannot become closed."),
        ({"published": True}, "delete", "Only drafts can be deleted."),
        ({"cancelled": True}, "go-live", "It stays that way."),
    ],
)
def test_a_refused_step_says_why(desk: Client, organizer: User, traits: dict[str, bool], name: str, words: str) -> None:
    event = EventFactory.create(owner=organizer, **traits)
    before = event.status

    answer = desk.post(step(event, name))

    assert answer.status_code in {403, 409}
    assert words in body(answer)
    assert Event.objects.get().status == before


def test_a_step_that_cannot_be_taken_has_no_button(desk: Client, organizer: User) -> None:
    event = EventFactory.create(owner=organizer, live=True)

    page = body(desk.get(step(event, "publish")))

    assert "This event is live, so it cannot take this step." in page
    assert 'class="console-button console-button-main" type="submit"' not in page


def test_a_step_that_is_none_is_not_there(desk: Client, event: Event) -> None:
    assert desk.get(step(event, "explode")).status_code == 404


# --- whose it is ---


@pytest.fixture
def theirs(outsider: User) -> Event:
    return EventFactory.create(owner=outsider, title="Secret Plans", join_keyword="SECRET")


def test_events_of_others_are_not_there(desk: Client, event: Event, theirs: Event) -> None:
    addresses = [change(theirs), f"{LIST}{theirs.pk}/history/", f"{LIST}{theirs.pk}/delete/", step(theirs, "cancel")]

    assert [desk.get(address).status_code for address in addresses] == [404] * 4
    assert [desk.post(address, typed(theirs)).status_code for address in addresses] == [404] * 4
    for question in ("", "?q=Secret", "?q=SECRET", f"?q={theirs.public_id}", "?owner__email__startswith=p"):
        assert "Secret Plans" not in body(desk.get(LIST + question, follow=True))
    assert desk.get(LIST).context["cl"].result_count == 1


def test_a_manager_works_on_the_event_and_other_staff_do_not(client: Client, outsider: User, event: Event) -> None:
    client.force_login(outsider)
    for role, status in (("door", 404), ("manager", 200)):
        EventStaffFactory.create(event=event, user=outsider, role=role)
        assert client.get(change(event)).status_code == status
        event.staff.all().delete()


def test_an_admin_sees_all_and_whose_they_are(client: Client, admin_user: User, event: Event, theirs: Event) -> None:
    client.force_login(admin_user)

    page = body(client.get(LIST))

    assert event.title in page
    assert theirs.title in page
    assert str(theirs.owner) in page
    assert client.get(change(theirs)).status_code == 200


def test_the_venue_of_somebody_else_cannot_be_chosen(desk: Client, event: Event, theirs: Event) -> None:
    found = desk.get(
        "/admin/autocomplete/",
        {"app_label": "events", "model_name": "event", "field_name": "venue", "term": "Hall"},
    ).json()["results"]
    assert [int(choice["id"]) for choice in found] == [event.venue_id]

    answer = desk.post(change(event), typed(event, venue=theirs.venue_id))
    assert "venue" in answer.context["adminform"].form.errors
    assert Event.objects.get(pk=event.pk).venue == event.venue


def test_a_line_of_another_event_is_not_moved(desk: Client, event: Event, theirs: Event) -> None:
    slot = SlotFactory.create(event=theirs)
    line = {"lineup-0-id": slot.pk, "lineup-0-event": event.pk, "lineup-0-position": 9, "lineup-0-take_off": "on"}

    desk.post(change(event), typed(event) | management("lineup", 1, 1) | line)

    slot.refresh_from_db()
    assert (slot.position, slot.invite_status, slot.event) == (1, "pending", theirs)


def test_history_is_the_audit(desk: Client, event: Event) -> None:
    desk.post(change(event), typed(event, title="Brass Night"))

    page = body(desk.get(f"{LIST}{event.pk}/history/"))

    assert "Event edited" in page
    assert "Olga Organizer" in page


def test_the_list_counts_in_the_same_number_of_queries(
    desk: Client, organizer: User, django_assert_num_queries: Any
) -> None:
    def night() -> None:
        event = EventFactory.create(owner=organizer, live=True)
        AttendeeFactory.create_batch(2, event=event)
        SlotFactory.create(event=event)

    night()
    with django_assert_num_queries(3):  # who asks, how many, events with what is counted
        page = desk.get(LIST)
    assert page.context["cl"].result_list[0].joined == 2
    night()
    night()
    with django_assert_num_queries(3):
        desk.get(LIST)


# --- venues ---


def test_a_venue_is_made_and_mended(desk: Client, organizer: User) -> None:
    place = {"name": "Lido", "street": "", "city": "Berlin", "country": "DE", "timezone": "Europe/Berlin"}
    desk.post("/admin/events/venue/add/", place)
    venue = Venue.objects.get()
    assert venue.owner == organizer

    address = reverse("admin:events_venue_change", args=[venue.pk])
    wrong = desk.post(address, place | {"timezone": "Europe/Nowhere", "version": 1})
    assert "Use the name of a time zone" in body(wrong)
    desk.post(address, place | {"city": "Potsdam", "version": 1})

    venue.refresh_from_db()
    assert (venue.city, venue.version) == ("Potsdam", 2)
    assert list(AuditEntry.objects.values_list("action", "channel")) == [
        ("venue.create", "admin"),
        ("venue.edit", "admin"),
    ]


def test_venues_of_others_are_not_there(desk: Client, theirs: Event) -> None:
    address = reverse("admin:events_venue_change", args=[theirs.venue_id])
    assert [desk.get(address).status_code, desk.post(address, {}).status_code] == [404, 404]
    assert theirs.venue.name not in body(desk.get("/admin/events/venue/?q=Hall"))
