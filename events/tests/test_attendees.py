"""Joining by web and app, confirming by the personal link, and one person staying one attendee."""

from datetime import datetime, timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.actors import Via
from accounts.models import AuditEntry, User
from accounts.tests.factories import confirm_email
from config.tests.fixtures import acting
from events import links
from events.models import Attendee, AttendeeStatus, Event
from events.services import attendees
from events.services.attendees import Asked
from events.tests.factories import AttendeeFactory, EventFactory, PhoneFactory
from messaging.models import Channel, ConsentEvent
from messaging.services.addresses import address_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(organizer: User) -> Event:
    return EventFactory.create(owner=organizer, live=True)


def join(api: APIClient, event: Event) -> str:
    return f"/api/v1/events/{event.public_id}/join"


def verified_phone(user: User, value: str, now: datetime) -> None:
    user.phone, user.phone_verified_at = value, now
    user.save()


# --- Joining ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", ["live", "published"])
def test_whoever_is_signed_in_joins_and_is_confirmed_at_once(api: APIClient, fan: User, trait: str) -> None:
    event = EventFactory.create(**{trait: True})
    api.force_authenticate(confirm_email(fan))
    response = api.post(join(api, event))
    assert response.status_code == 200, response.json()
    attendee = Attendee.objects.get()
    assert response.json()["data"] == {
        "id": attendee.public_id,
        "event": event.public_id,
        "status": "confirmed",
        "confirmed_at": response.json()["data"]["confirmed_at"],
    }
    assert (attendee.user, attendee.source, attendee.email and attendee.email.value) == (fan, "api", fan.email)
    evidence = ConsentEvent.objects.get()
    assert (evidence.decision, evidence.source, evidence.topic) == ("granted", "api", event.topic)
    assert evidence.text_version == "join_web.1"
    assert api.post(join(api, event)).json()["data"]["id"] == attendee.public_id
    assert ConsentEvent.objects.count() == 1
    assert AuditEntry.objects.filter(action="attendee.confirm").count() == 1


def test_an_address_that_is_not_verified_is_nobodys(api: APIClient, fan: User, event: Event) -> None:
    fan.phone = "+14155550100"
    fan.save()
    stranger = AttendeeFactory.create(event=event, phone=PhoneFactory.create(value="+14155550100"))
    api.force_authenticate(fan)
    assert api.post(join(api, event)).json()["data"]["id"] != stranger.public_id
    mine = Attendee.objects.get(user=fan)
    assert (mine.phone, mine.email) == (None, None)
    assert not ConsentEvent.objects.exists()


def test_a_page_is_another_source(fan: User, event: Event, now: datetime) -> None:
    attendee = attendees.join_signed_in(actor=acting(fan, Via.PAGE), public_id=event.public_id, now=now)
    assert attendee.source == "web"


@pytest.mark.parametrize("trait", ["closed", "archived", "cancelled"])
def test_nobody_joins_what_is_over(api: APIClient, fan: User, trait: str) -> None:
    event = EventFactory.create(**{trait: True})
    api.force_authenticate(fan)
    refused = api.post(join(api, event))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "EVENT_NOT_JOINABLE")


@pytest.mark.parametrize(
    ("access", "status", "code"), [("hybrid", 403, "INVITATION_NEEDED"), ("private", 404, "NOT_FOUND")]
)
def test_by_invitation_means_being_on_the_list(
    api: APIClient, fan: User, access: str, status: int, code: str, now: datetime
) -> None:
    event = EventFactory.create(live=True, access=access)
    api.force_authenticate(fan)
    refused = api.post(join(api, event))
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert not Attendee.objects.exists()
    AttendeeFactory.create(event=event, pending=True, phone=None, user=fan, source="import")
    assert api.post(join(api, event)).json()["data"]["status"] == "confirmed"


def test_who_may_join(api: APIClient, event: Event, outsider: User) -> None:
    assert api.post(join(api, event)).status_code == 401
    assert api.get(join(api, event)).status_code == 405
    api.force_authenticate(outsider)
    assert api.post(join(api, event)).status_code == 200
    draft = EventFactory.create()
    assert api.post(join(api, draft)).status_code == 404


# --- One person, one attendee -------------------------------------------------------------------------------------------


def test_a_phone_attendee_who_signs_in_stays_one(fan: User, event: Event, now: datetime) -> None:
    by_phone = AttendeeFactory.create(event=event, pending=True)
    assert by_phone.phone
    verified_phone(fan, by_phone.phone.value, now)
    joined = attendees.join_signed_in(actor=acting(fan), public_id=event.public_id, now=now)
    assert (joined.pk, joined.status, joined.user) == (by_phone.pk, "confirmed", fan)
    assert Attendee.objects.count() == 1


def test_the_youngest_of_several_leave_merged_into_the_oldest(fan: User, event: Event, now: datetime) -> None:
    confirm_email(fan)
    mailbox = address_for(channel=Channel.EMAIL, value=fan.email)
    imported = AttendeeFactory.create(event=event, pending=True, phone=None, email=mailbox, source="import")
    by_phone = AttendeeFactory.create(event=event)
    assert by_phone.phone
    verified_phone(fan, by_phone.phone.value, now)
    joined = attendees.join_signed_in(actor=acting(fan), public_id=event.public_id, now=now)
    by_phone.refresh_from_db()
    assert (joined.pk, joined.status, joined.user, joined.phone) == (imported.pk, "confirmed", fan, None)
    assert (by_phone.status, by_phone.merged_into) == ("left", imported)
    again = attendees.join_signed_in(actor=acting(fan), public_id=event.public_id, now=now)
    assert again.pk == imported.pk
    # a text from that phone is the same person's
    joining = attendees.join_by_sms(actor=acting(None, Via.SMS), event=event, phone_id=by_phone.phone.pk, now=now)
    assert joining == (Asked.NOT_NEEDED, imported)


def test_what_was_merged_follows_a_second_merge(fan: User, event: Event, now: datetime) -> None:
    oldest = AttendeeFactory.create(event=event, phone=None, email=address_for(channel=Channel.EMAIL, value=fan.email))
    middle = AttendeeFactory.create(event=event, phone=None, user=fan)
    youngest = AttendeeFactory.create(event=event, left=True, merged_into=middle)
    confirm_email(fan)
    attendees.join_signed_in(actor=acting(fan), public_id=event.public_id, now=now)
    merged = dict(Attendee.objects.values_list("pk", "merged_into"))
    assert merged == {oldest.pk: None, middle.pk: oldest.pk, youngest.pk: oldest.pk}


def test_whoever_left_comes_back(fan: User, event: Event, now: datetime) -> None:
    left = AttendeeFactory.create(event=event, left=True, signed_in=True, user=fan)
    joined = attendees.join_signed_in(actor=acting(fan), public_id=event.public_id, now=now)
    assert (joined.pk, joined.status) == (left.pk, "confirmed")


# --- The personal link --------------------------------------------------------------------------------------------------


def confirm(api: APIClient, attendee: Attendee, code: str | None = None) -> tuple[int, str]:
    body = {"code": links.confirm_code(attendee) if code is None else code}
    response = api.post(f"/api/v1/attendees/{attendee.public_id}/confirm", body)
    answer = response.json()
    return response.status_code, answer["error"]["code"] if answer["error"] else answer["data"]["status"]


def test_the_code_confirms_without_signing_in_and_works_again(api: APIClient, event: Event) -> None:
    attendee = AttendeeFactory.create(event=event, pending=True)
    assert confirm(api, attendee) == (200, "confirmed")
    assert confirm(api, attendee) == (200, "confirmed")
    attendee.refresh_from_db()
    assert attendee.confirmed_at is not None
    evidence = ConsentEvent.objects.get()
    assert (evidence.address_id, evidence.source) == (attendee.phone_id, "api")


@pytest.mark.parametrize("code", ["x", "", "é", "A" * 200, "../..", "a" * 32])
def test_other_codes_are_refused(api: APIClient, event: Event, code: str) -> None:
    attendee = AttendeeFactory.create(event=event, pending=True)
    status, error = confirm(api, attendee, code)
    assert (status, error) == ((422, "VALIDATION_ERROR") if code == "" else (403, "BAD_CODE"))


def test_a_code_is_its_attendees_alone(api: APIClient, event: Event) -> None:
    mine, theirs = AttendeeFactory.create_batch(2, event=event, pending=True)
    assert confirm(api, mine, links.confirm_code(theirs)) == (403, "BAD_CODE")
    mine.public_id = "0123456789abcdef"
    assert confirm(api, mine) == (403, "BAD_CODE")


def test_a_code_ends_a_day_after_the_event(api: APIClient, event: Event) -> None:
    attendee = AttendeeFactory.create(event=event, pending=True)
    code = links.confirm_code(attendee)
    with time_machine.travel(event.ends_at + timedelta(days=1, minutes=1)):
        assert confirm(api, attendee, code) == (410, "CODE_EXPIRED")


@pytest.mark.parametrize(
    ("trait", "fields", "outcome"),
    [
        ("live", {"left": True}, (409, "ATTENDEE_LEFT")),
        ("closed", {"pending": True}, (409, "EVENT_NOT_JOINABLE")),
        ("cancelled", {"pending": True}, (409, "EVENT_NOT_JOINABLE")),
        ("closed", {}, (200, "confirmed")),
    ],
)
def test_the_link_does_what_the_event_allows(
    api: APIClient, trait: str, fields: dict[str, bool], outcome: tuple[int, str]
) -> None:
    event = EventFactory.create(**{trait: True})
    attendee = AttendeeFactory.create(event=event, **fields)
    with time_machine.travel(event.starts_at):
        assert confirm(api, attendee) == outcome


def test_a_merged_attendees_link_confirms_the_other(api: APIClient, event: Event) -> None:
    other = AttendeeFactory.create(event=event, pending=True)
    merged = AttendeeFactory.create(event=event, left=True, merged_into=other)
    assert confirm(api, merged) == (200, "confirmed")
    other.refresh_from_db()
    assert other.status == AttendeeStatus.CONFIRMED
