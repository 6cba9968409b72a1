"""The console's pages of events: made, edited and moved through the services, each by those who run the event."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.tests.factories import confirm_email
from artists.tests.factories import ArtistFactory
from events.models import Event, EventStatus, Slot, Venue
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory, SlotFactory, VenueFactory
from messaging.models import Message

pytestmark = pytest.mark.django_db
LIST = "/admin/events/event/"


@pytest.fixture
def event(organizer: User) -> Event:
    starts_at = datetime(2099, 7, 1, 18, 0, tzinfo=UTC)
    return EventFactory.create(owner=organizer, title="Copper Night", starts_at=starts_at, join_keyword="COPPER")


@pytest.fixture
def desk(client: Client, organizer: User) -> Client:
    client.force_login(organizer)
    return client


def change(event: Event) -> str:
    return reverse("admin:events_event_change", args=[event.pk])


def step(event: Event, name: str) -> str:
    return reverse("admin:events_event_step", args=[event.pk, name])


def management(prefix: str, initial: int = 0, total: int = 0) -> dict[str, Any]:
    return {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": initial}


def typed(event: Event, **changed: Any) -> dict[str, Any]:
    """What a browser sends for the event's page as it is loaded now, with some of it typed over."""

    def local(moment: datetime | None) -> str:
        return moment.astimezone(ZoneInfo(event.venue.timezone)).strftime("%Y-%m-%dT%H:%M") if moment else ""

    slots = list(event.lineup.order_by("position", "ballot_number")) if event.pk else []
    lines: dict[str, Any] = management("lineup", len(slots), len(slots)) | management("lineup-2")
    for number, slot in enumerate(slots):
        lines |= {f"lineup-{number}-id": slot.pk, f"lineup-{number}-event": event.pk}
        lines |= {f"lineup-{number}-position": slot.position, f"lineup-{number}-set_at": local(slot.set_at)}
    page = {
        "title": event.title,
        "description": event.description,
        "venue": event.venue_id,
        "doors_at": local(event.doors_at),
        "starts_at": local(event.starts_at),
        "ends_at": local(event.ends_at),
        "access": event.access,
        "join_keyword": event.join_keyword,
        "category": event.category,
        "tags": ", ".join(event.tags),
        "method": event.vote_config["method"],
        "results": event.vote_config["results"],
        "version": event.version,
    }
    return page | lines | changed


def body(answer: Any) -> str:
    return str(answer.content.decode())


# --- made and edited ---


def test_an_event_is_made_by_the_clock_of_its_venue(desk: Client, organizer: User) -> None:
    venue = VenueFactory.create(owner=organizer, timezone="America/New_York")
    sent = typed(EventFactory.build(venue=venue, owner=organizer, title="First Snow", join_keyword="")) | {
        "venue": venue.pk,
        "starts_at": "2099-01-15T20:00",
        "ends_at": "2099-01-16T02:00",
        "tags": "Loud, loud, late",
        "results": "reveal",
    }

    answer = desk.post(LIST + "add/", sent)

    made = Event.objects.get()
    assert answer["Location"] == change(made)
    assert made.owner == organizer
    assert made.starts_at == datetime(2099, 1, 16, 1, 0, tzinfo=UTC)
    assert made.tags == ["loud", "late"]
    assert made.vote_config["results"] == "reveal"
    assert made.join_keyword == "FIRSTSNOW"
    assert AuditEntry.objects.get(action="event.create").channel == "admin"


def test_times_are_shown_by_the_clock_of_the_venue(desk: Client, event: Event) -> None:
    assert 'value="2099-07-01T20:00"' in body(desk.get(change(event)))


def test_an_edit_goes_through_the_service(desk: Client, event: Event) -> None:
    answer = desk.post(change(event), typed(event, title="Brass Night", starts_at="2099-07-01T21:30"))

    assert answer["Location"] == change(event)
    event.refresh_from_db()
    assert (event.title, event.version) == ("Brass Night", 2)
    assert event.starts_at == datetime(2099, 7, 1, 19, 30, tzinfo=UTC)
    entry = AuditEntry.objects.get(action="event.edit")
    assert (entry.channel, entry.facts["changed"]) == ("admin", ["starts_at", "title"])


def test_what_was_not_touched_is_not_changed(desk: Client, event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(starts_at=event.starts_at + timedelta(seconds=42))

    desk.post(change(event), typed(event))

    assert not AuditEntry.objects.filter(action="event.edit").exists()
    event.refresh_from_db()
    assert (event.starts_at.second, event.version) == (42, 1)


def test_in_another_zone_the_same_clock_is_another_moment(desk: Client, event: Event, organizer: User) -> None:
    elsewhere = VenueFactory.create(owner=organizer, timezone="America/New_York")

    desk.post(change(event), typed(event, venue=elsewhere.pk))

    event.refresh_from_db()
    assert event.starts_at == datetime(2099, 7, 2, 0, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_told(desk: Client, event: Event) -> None:
    answer = desk.post(change(event), typed(event, starts_at="2026-03-29T02:30", ends_at="2026-03-29T06:00"))

    assert "This time does not exist on that day" in body(answer)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("join_keyword", "STOP", "This word has a meaning of its own in texts."),
        ("join_keyword", "TAKEN", "Another event uses this join keyword"),
        ("ends_at", "2099-07-01T19:00", "The event has to end after it starts."),
        ("starts_at", "tomorrow", "Write a day and a time."),
        ("title", "", "This field is required."),
        ("results", "after_vote", "Select a valid choice."),
    ],
)
def test_a_refusal_stands_next_to_its_field_and_nothing_typed_is_lost(
    desk: Client, event: Event, field: str, value: str, words: str
) -> None:
    EventFactory.create(join_keyword="TAKEN")

    answer = desk.post(change(event), typed(event, description="Typed with care", **{field: value}))

    assert answer.status_code == 200
    assert words in answer.context["adminform"].form.errors[field].as_text()
    assert "Typed with care" in body(answer)
    event.refresh_from_db()
    assert (event.description, event.version) == ("", 1)


def test_of_two_who_write_the_second_sees_what_the_first_stored(desk: Client, event: Event) -> None:
    loaded = typed(event, title="Mine")
    Event.objects.filter(pk=event.pk).update(title="Theirs", version=2)

    answer = desk.post(change(event), loaded)

    assert "Stored now: Theirs" in body(answer)
    assert 'value="Mine"' in body(answer)
    assert Event.objects.get().title == "Theirs"

    again = answer.context["adminform"].form
    desk.post(change(event), loaded | {"version": again["version"].value()})
    assert Event.objects.get().title == "Mine"


def test_an_event_that_is_over_stays_as_it_is(desk: Client, organizer: User) -> None:
    over = EventFactory.create(owner=organizer, closed=True)

    assert 'name="_save"' not in body(desk.get(change(over)))
    assert desk.post(change(over), typed(over, title="x")).status_code == 403


# --- the line-up ---


def test_an_artist_joins_the_line_up(desk: Client, event: Event) -> None:
    artist = ArtistFactory.create()
    line = {"lineup-2-0-artist": artist.pk, "lineup-2-0-set_at": "2099-07-01T20:30", "lineup-2-0-event": event.pk}

    desk.post(change(event), typed(event) | management("lineup-2", total=1) | line)

    slot = Slot.objects.get()
    assert (slot.artist, slot.ballot_number) == (artist, 1)
    assert slot.set_at == datetime(2099, 7, 1, 18, 30, tzinfo=UTC)
    assert AuditEntry.objects.get(action="slot.invite").channel == "admin"


def test_somebody_new_is_invited_by_mail(desk: Client, event: Event, organizer: User) -> None:
    confirm_email(organizer)
    line = {"lineup-2-0-new_name": "The Unheard", "lineup-2-0-new_email": "unheard@example.test"}

    desk.post(change(event), typed(event) | management("lineup-2", total=1) | line)

    assert Slot.objects.get().artist.name == "The Unheard"
    assert Message.objects.get().kind == "invitation"


def test_a_refused_line_is_told_in_its_row_and_undoes_the_page(desk: Client, event: Event) -> None:
    """The organizer's own address is not confirmed, so nobody is written to in their name."""
    line = {"lineup-2-0-new_name": "The Unheard", "lineup-2-0-new_email": "unheard@example.test"}

    answer = desk.post(change(event), typed(event, title="Other") | management("lineup-2", total=1) | line)

    rows = answer.context["inline_admin_formsets"][1].formset
    assert "Confirm your e-mail address first." in rows.forms[0].non_field_errors().as_text()
    assert "unheard@example.test" in body(answer)
    assert 'value="Other"' in body(answer)
    event.refresh_from_db()
    assert event.title == "Copper Night"
    assert not Slot.objects.exists()
    assert not AuditEntry.objects.filter(action="event.edit").exists()


def test_order_and_time_on_stage_change_and_the_ballot_number_stays(desk: Client, event: Event) -> None:
    slot = SlotFactory.create(event=event)
    SlotFactory.create(event=event)

    desk.post(change(event), typed(event) | {"lineup-0-position": 7, "lineup-0-set_at": "2099-07-01T23:00"})

    slot.refresh_from_db()
    assert (slot.position, slot.ballot_number) == (7, 1)
    assert slot.set_at == datetime(2099, 7, 1, 21, 0, tzinfo=UTC)
    assert AuditEntry.objects.get(action="slot.arrange").facts["position"] == 7


def test_somebody_is_taken_off_and_keeps_the_number(desk: Client, event: Event) -> None:
    slot = SlotFactory.create(event=event)

    desk.post(change(event), typed(event) | {"lineup-0-take_off": "on"})

    slot.refresh_from_db()
    assert (slot.invite_status, slot.ballot_number) == ("withdrawn", 1)


@pytest.mark.parametrize("extra", [{"new_name": "Somebody"}, {"new_email": "a@example.test"}])
def test_a_known_artist_and_a_new_one_are_two_lines(desk: Client, event: Event, extra: dict[str, str]) -> None:
    line = {"artist": ArtistFactory.create().pk} | extra
    sent = {f"lineup-2-0-{name}": value for name, value in line.items()}

    answer = desk.post(change(event), typed(event) | management("lineup-2", total=1) | sent)

    assert list(answer.context["inline_admin_formsets"][1].formset.forms[0].errors) == list(extra)
    assert not Slot.objects.exists()


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

    assert "event.edit" in page
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
