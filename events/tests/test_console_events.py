"""The console's pages of events: made and edited through the services, by the clock of the venue, with the line-up."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from accounts.tests.factories import confirm_email
from artists.tests.factories import ArtistFactory
from events.models import Event, Slot
from events.tests.console import LIST, body, change, management, typed
from events.tests.factories import AttendeeFactory, EventFactory, SlotFactory, VenueFactory
from messaging.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(organizer: User) -> Event:
    starts_at = datetime(2099, 7, 1, 18, 0, tzinfo=UTC)
    return EventFactory.create(owner=organizer, title="Copper Night", starts_at=starts_at, join_keyword="COPPER")


@pytest.fixture
def desk(client: Client, organizer: User) -> Client:
    client.force_login(organizer)
    return client


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


def test_the_invited_have_not_joined(desk: Client, event: Event) -> None:
    AttendeeFactory.create(event=event)
    AttendeeFactory.create(event=event, pending=True, joined_at=None)

    assert desk.get(change(event)).context["head"].figures.joined == 1


def test_a_page_that_is_only_read_offers_nothing_to_press_at_its_end(desk: Client, organizer: User) -> None:
    """The theme's "Close" below an event would be taken for its end."""
    past = EventFactory.create(owner=organizer, status="closed")

    page = body(desk.get(change(past)))

    assert 'id="submit-row"' not in page
    assert 'id="submit-row"' in body(desk.get(change(EventFactory.create(owner=organizer))))
