"""The line-up: invitations, ballot numbers, answers, withdrawal."""

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from accounts.tests.factories import UserFactory, confirm_email
from artists.models import Artist
from artists.tests.factories import ArtistFactory
from config.tests.fixtures import acting
from events.models import Event, InviteStatus, Slot
from events.services import lineup
from events.tests.factories import EventFactory, EventStaffFactory, SlotFactory
from messaging.models import Address, Channel, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(organizer: User) -> Event:
    return EventFactory.create(owner=confirm_email(organizer), published=True, title="Night of Noise")


def path(event: Event, artist: Artist | None = None, step: str = "") -> str:
    suffix = f"/{artist.public_id}{step}" if artist else ""
    return f"/api/v1/events/{event.public_id}/artists{suffix}"


def test_somebody_new_gets_a_profile_and_the_first_number(api: APIClient, organizer: User, event: Event) -> None:
    api.force_authenticate(organizer)
    response = api.post(path(event), {"name": "Ana Ñ", "set_at": "2030-01-01T21:00:00Z"})
    assert response.status_code == 201, response.json()
    artist = Artist.objects.get()
    assert response.json()["data"] == {
        "artist": {"id": artist.public_id, "name": "Ana Ñ", "slug": "ana-n"},
        "ballot_number": 1,
        "invite_status": "pending",
        "set_at": "2030-01-01T21:00:00Z",
    }
    assert response["Location"] == path(event, artist)
    assert (artist.status, artist.owner) == ("invited", None)
    assert not Message.objects.exists()  # nobody to write to
    invited = AuditEntry.objects.get(action="slot.invite")
    assert invited.facts == {"artist": artist.public_id, "ballot_number": 1}


def test_numbers_go_on_and_never_to_somebody_else(api: APIClient, organizer: User, event: Event) -> None:
    api.force_authenticate(organizer)
    ana, bo = ArtistFactory.create_batch(2)
    numbers = [
        api.post(path(event), {"artist": artist.public_id}).json()["data"]["ballot_number"] for artist in (ana, bo)
    ]
    assert numbers == [1, 2]
    assert api.delete(path(event, bo)).status_code == 204
    assert api.post(path(event), {"name": "Cy"}).json()["data"]["ballot_number"] == 3
    assert api.post(path(event), {"artist": bo.public_id}).json()["data"]["ballot_number"] == 2


def test_an_invitation_goes_out_in_the_transaction_and_in_the_artists_language(
    api: APIClient, organizer: User, event: Event
) -> None:
    Address.objects.create(channel=Channel.EMAIL, value="ana@example.test", language="es")
    api.force_authenticate(organizer)
    assert api.post(path(event), {"name": "Ana", "email": "Ana@Example.test"}).status_code == 201
    mail = Message.objects.get(kind="invitation")
    assert (mail.address.value, mail.language, mail.topic) == ("ana@example.test", "es", f"event:{event.pk}")
    assert mail.headers["Reply-To"] == organizer.email
    assert "Night of Noise" in mail.subject
    for said in ("Ana", organizer.name, "Night of Noise", event.venue.name):
        assert said in mail.text


def test_an_artist_with_an_owner_is_written_to_there(organizer: User, event: Event, now: datetime) -> None:
    owner = UserFactory.create(role="artist")
    artist = ArtistFactory.create(owner=owner, status="claimed")
    lineup.invite(actor=acting(organizer), public_id=event.public_id, artist=artist.public_id, now=now)
    assert Message.objects.get(kind="invitation").address.value == owner.email


def test_writing_to_somebody_needs_a_confirmed_account(api: APIClient, outsider: User) -> None:
    event = EventFactory.create(owner=outsider)
    api.force_authenticate(outsider)
    refused = api.post(path(event), {"name": "Ana", "email": "ana@example.test"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "EMAIL_UNVERIFIED")
    assert not Artist.objects.exists()
    assert api.post(path(event), {"name": "Ana"}).status_code == 201


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "artist", "one_of"),
        ({"artist": "0123456789abcdef", "name": "Ana"}, "artist", "one_of"),
        ({"artist": "0123456789abcdef", "email": "a@b.test"}, "artist", "one_of"),
        ({"artist": "0123456789abcdef"}, "artist", "does_not_exist"),
        ({"artist": "x"}, "artist", "invalid"),
        ({"name": " "}, "name", "blank"),
        ({"name": "x" * 151}, "name", "max_length"),
        ({"name": "Ana", "email": "ana"}, "email", "invalid"),
        ({"name": "Ana", "fee": 1}, "fee", "unknown_field"),
    ],
)
def test_what_is_not_valid_is_refused_by_field(
    api: APIClient, organizer: User, event: Event, body: dict[str, str], field: str, code: str
) -> None:
    api.force_authenticate(organizer)
    response = api.post(path(event), body)
    assert response.status_code == 422
    assert (field, code) in [(detail["field"], detail["code"]) for detail in response.json()["error"]["details"]]
    assert not Slot.objects.exists()


def test_nobody_plays_twice(api: APIClient, organizer: User, event: Event) -> None:
    slot = SlotFactory.create(event=event)
    api.force_authenticate(organizer)
    refused = api.post(path(event), {"artist": slot.artist.public_id})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "SLOT_CANNOT_MOVE")
    assert api.delete(path(event, slot.artist)).status_code == 204
    again = api.delete(path(event, slot.artist))
    assert (again.status_code, again.json()["error"]["code"]) == (409, "SLOT_CANNOT_MOVE")


def test_a_line_up_has_an_end(api: APIClient, organizer: User, event: Event) -> None:
    SlotFactory.create(event=event, ballot_number=lineup.MOST_SLOTS)
    api.force_authenticate(organizer)
    refused = api.post(path(event), {"name": "One more"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "LINE_UP_FULL")


def test_over_means_over(api: APIClient, organizer: User) -> None:
    closed = EventFactory.create(owner=organizer, closed=True)
    api.force_authenticate(organizer)
    assert api.post(path(closed), {"name": "Late"}).json()["error"]["code"] == "EVENT_NOT_EDITABLE"


ANSWERS = [  # the slot's status, the answer, what becomes of it (None: refused)
    (InviteStatus.PENDING, "accept", InviteStatus.ACCEPTED),
    (InviteStatus.PENDING, "decline", InviteStatus.DECLINED),
    (InviteStatus.ACCEPTED, "decline", InviteStatus.DECLINED),
    (InviteStatus.ACCEPTED, "accept", None),
    (InviteStatus.DECLINED, "accept", None),
    (InviteStatus.DECLINED, "decline", None),
    (InviteStatus.WITHDRAWN, "accept", None),
    (InviteStatus.WITHDRAWN, "decline", None),
]


@pytest.mark.parametrize(("present", "step", "outcome"), ANSWERS)
def test_the_artist_answers(api: APIClient, present: InviteStatus, step: str, outcome: InviteStatus | None) -> None:
    slot = SlotFactory.create(invite_status=present, artist=ArtistFactory.create(claimed=True))
    api.force_authenticate(slot.artist.owner)
    response = api.post(path(slot.event, slot.artist, f"/{step}"))
    slot.refresh_from_db()
    assert slot.invite_status == (outcome or present)
    assert response.status_code == (200 if outcome else 409)
    if outcome:
        assert response.json()["data"]["invite_status"] == outcome


MAY = {  # who may invite and remove, and who may answer
    "owner": (201, 404),
    "manager": (201, 404),
    "door": (404, 404),
    "admin_user": (201, 200),
    "outsider": (404, 404),
    "artist_owner": (403, 200),
    "fan": (403, 404),
    "anonymous": (401, 401),
}


@pytest.mark.parametrize("who", MAY)
def test_who_may_do_what(
    api: APIClient, request: pytest.FixtureRequest, organizer: User, event: Event, who: str
) -> None:
    slot = SlotFactory.create(event=event, artist=ArtistFactory.create(claimed=True))
    staff = UserFactory.create(role="organizer")
    if who in {"manager", "door"}:
        EventStaffFactory.create(event=event, user=staff, role=who)
    known = {"owner": organizer, "manager": staff, "door": staff, "artist_owner": slot.artist.owner}
    if who != "anonymous":
        api.force_authenticate(known.get(who) or request.getfixturevalue(who))
    inviting, answering = MAY[who]
    assert api.post(path(event), {"name": "Ana"}).status_code == inviting
    assert api.post(path(event, slot.artist, "/accept")).status_code == answering
    removing = 204 if inviting == 201 else inviting
    assert api.delete(path(event, slot.artist)).status_code == removing


def test_whoever_runs_the_event_sees_all_and_the_rest_the_ballot(api: APIClient, organizer: User, event: Event) -> None:
    for status in InviteStatus:
        SlotFactory.create(event=event, invite_status=status)
    assert [slot["ballot_number"] for slot in api.get(path(event)).json()["data"]] == [1, 2]
    api.force_authenticate(organizer)
    assert [slot["ballot_number"] for slot in api.get(path(event)).json()["data"]] == [1, 2, 3, 4]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(
    api: APIClient, event: Event, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SlotFactory.create_batch(number, event=event)
    with django_assert_num_queries(2):
        assert len(api.get(path(event)).json()["data"]) == number


def test_mail_says_when_in_the_venues_own_time(organizer: User, event: Event, now: datetime) -> None:
    event.starts_at = datetime(2030, 7, 1, 19, 30, tzinfo=UTC)
    event.ends_at = datetime(2030, 7, 1, 23, tzinfo=UTC)
    event.save()
    artist = ArtistFactory.create(claimed=True)
    lineup.invite(actor=acting(organizer), public_id=event.public_id, artist=artist.public_id, now=now)
    assert "1 July 2030, 21:30" in Message.objects.get(kind="invitation").text
