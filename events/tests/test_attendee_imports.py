"""Importing a list: looked at first, imported in pieces, once, and to the end."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import Via, platform
from accounts.models import AuditEntry, User
from config.lib.errors import AuthRequired, InsufficientScope, NotFound
from config.tests.fixtures import acting
from events.attendee_csv import NoAddressColumn
from events.models import (
    Attendee,
    AttendeeImport,
    AttendeeSource,
    AttendeeStatus,
    Event,
    EventAccess,
    EventStatus,
    ImportStatus,
)
from events.services import attendee_imports, attendees, guest_list
from events.services.attendees import Asked
from events.services.guest_list import ListClosed
from events.tasks import import_attendees, tend_imports
from events.tests.factories import AttendeeFactory, EventFactory, PhoneFactory
from messaging.models import Address, ConsentEvent, Message

pytestmark = pytest.mark.django_db

LIST = """phone,email,name
0151 11111111,ada@example.test,Ada
0151 22222222,,Bob
,cleo@example.test,Cleo
0151 11111111,,Ada again
not a number,,Dan
"""


@pytest.fixture
def event(organizer: User) -> Event:
    return EventFactory.create(published=True, owner=organizer)


def uploaded(event: Event, text: str = LIST) -> AttendeeImport:
    return attendee_imports.upload(
        actor=acting(event.owner, Via.ADMIN),
        public_id=event.public_id,
        file_name="guests.csv",
        data=text.encode(),
        now=timezone.now(),
    )


def started(event: Event, text: str = LIST) -> AttendeeImport:
    made = uploaded(event, text)
    return attendee_imports.start(actor=acting(event.owner, Via.ADMIN), import_id=made.public_id, now=timezone.now())


def long_list(people: int) -> str:
    return "email\n" + "".join(f"fan{number}@example.test\n" for number in range(people))


def test_looking_imports_nobody(event: Event) -> None:
    made = uploaded(event)
    preview = attendee_imports.preview_of(made)
    assert (preview.new, preview.known, len(preview.sheet.refused)) == (3, 1, 1)
    assert made.rows == preview.new + preview.known + made.refused == 5
    assert preview.sheet.unused == ["name"]
    assert not Attendee.objects.exists()
    assert not Address.objects.exists()


def test_who_is_there_already_is_known_by_either_address(event: Event) -> None:
    AttendeeFactory.create(event=event, phone__value="+4915122222222")
    AttendeeFactory.create(
        event=event, phone=None, email=PhoneFactory.create(channel="email", value="cleo@example.test")
    )
    AttendeeFactory.create(phone__value="+4915111111111")  # at another event
    preview = attendee_imports.preview_of(uploaded(event))
    assert (preview.new, preview.known) == (1, 3)


def test_imported_people_are_invited_and_agreed_to_nothing(event: Event) -> None:
    import_attendees(started(event).pk)
    people = Attendee.objects.order_by("pk")
    assert [(each.phone and each.phone.value, each.email and each.email.value) for each in people] == [
        ("+4915111111111", "ada@example.test"),
        ("+4915122222222", None),
        (None, "cleo@example.test"),
    ]
    for each in people:
        assert (each.status, each.source) == (AttendeeStatus.PENDING, AttendeeSource.IMPORT)
        assert [each.joined_at, each.asked_at, each.confirmed_at, each.user] == [None] * 4
    assert not ConsentEvent.objects.exists()
    assert not Message.objects.exists()


def test_the_outcome_accounts_for_every_row(event: Event) -> None:
    made = started(event)
    import_attendees(made.pk)
    made.refresh_from_db()
    assert (made.status, made.added, made.known, made.refused) == (ImportStatus.DONE, 3, 1, 1)
    assert made.rows == made.added + made.known + made.refused
    assert made.finished_at is not None
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["attendees.upload", "attendees.import", "attendees.imported"]


def test_the_same_file_again_adds_nobody(event: Event) -> None:
    import_attendees(started(event).pk)
    again = started(event)
    import_attendees(again.pk)
    again.refresh_from_db()
    assert (again.added, again.known, again.refused) == (0, 4, 1)
    assert Attendee.objects.count() == 3


def test_running_the_task_again_changes_nothing(event: Event) -> None:
    made = started(event)
    for _time in range(2):
        import_attendees(made.pk)
    made.refresh_from_db()
    assert (made.added, made.known) == (3, 1)
    import_attendees(made.pk + 1)  # gone meanwhile


class _Killed(Exception):
    pass


def test_what_was_killed_in_the_middle_goes_on_from_there(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attendee_imports, "PIECE", 2)
    made = started(event, long_list(7))
    real, calls = guest_list.put_on_list, []

    def killed_in_the_third(*, event: Event, people: Any) -> int:
        calls.append(len(people))
        added = real(event=event, people=people)
        if len(calls) == 3:
            raise _Killed
        return added

    monkeypatch.setattr(attendee_imports, "put_on_list", killed_in_the_third)
    with pytest.raises(_Killed):
        import_attendees(made.pk)
    made.refresh_from_db()
    assert (made.status, made.position, made.added) == (ImportStatus.RUNNING, 4, 4)
    assert Attendee.objects.count() == 4  # the third piece has left nothing
    monkeypatch.setattr(attendee_imports, "put_on_list", real)
    import_attendees(made.pk)
    made.refresh_from_db()
    assert (made.status, made.position, made.added, made.known) == (ImportStatus.DONE, 7, 7, 0)


def test_an_import_left_behind_is_taken_up(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    made, queued = started(event), []
    monkeypatch.setattr(import_attendees, "apply_async", lambda args, queue: queued.append((*args, queue)))
    tend_imports()
    assert queued == []  # somebody may be at it
    AttendeeImport.objects.update(touched_at=timezone.now() - timedelta(seconds=61))
    tend_imports()
    assert queued == [(made.pk, "bulk")]


def test_uploads_are_gone_after_a_week_and_the_people_stay(event: Event) -> None:
    import_attendees(started(event).pk)
    uploaded(event)
    attendee_imports.sweep(now=timezone.now() + timedelta(days=6))
    assert AttendeeImport.objects.count() == 2
    attendee_imports.sweep(now=timezone.now() + timedelta(days=8))
    assert AttendeeImport.objects.count() == 0
    assert Attendee.objects.count() == 3


def test_what_began_is_not_begun_again_and_not_discarded(event: Event) -> None:
    made = started(event)
    owner = acting(event.owner, Via.ADMIN)
    for _time in range(2):
        attendee_imports.start(actor=owner, import_id=made.public_id, now=timezone.now())
    attendee_imports.discard(actor=owner, import_id=made.public_id, now=timezone.now())
    assert AttendeeImport.objects.get().status == ImportStatus.RUNNING
    assert AuditEntry.objects.filter(action="attendees.import").count() == 1


def test_what_was_only_looked_at_can_be_discarded(event: Event) -> None:
    made = uploaded(event)
    attendee_imports.discard(actor=acting(event.owner), import_id=made.public_id, now=timezone.now())
    assert not AttendeeImport.objects.exists()


def test_a_file_that_cannot_be_read_is_not_kept(event: Event) -> None:
    with pytest.raises(NoAddressColumn):
        uploaded(event, "name\nAda\n")
    assert not AttendeeImport.objects.exists()


@pytest.mark.parametrize("status", [EventStatus.CLOSED, EventStatus.ARCHIVED, EventStatus.CANCELLED])
def test_the_list_of_an_event_that_is_over_stays(event: Event, status: str) -> None:
    made = uploaded(event)
    Event.objects.update(status=status)
    with pytest.raises(ListClosed):
        attendee_imports.start(actor=acting(event.owner), import_id=made.public_id, now=timezone.now())
    with pytest.raises(ListClosed):
        uploaded(event)


@pytest.mark.parametrize(("who", "refusal"), [("outsider", NotFound), ("fan", InsufficientScope), (None, AuthRequired)])
def test_nobody_else_imports(
    event: Event, who: str | None, refusal: type[Exception], request: pytest.FixtureRequest
) -> None:
    made = uploaded(event)
    actor = acting(request.getfixturevalue(who) if who else None)
    with pytest.raises(refusal):
        attendee_imports.upload(
            actor=actor, public_id=event.public_id, file_name="x", data=LIST.encode(), now=timezone.now()
        )
    with pytest.raises(refusal):
        attendee_imports.start(actor=actor, import_id=made.public_id, now=timezone.now())
    with pytest.raises(refusal):
        attendee_imports.discard(actor=actor, import_id=made.public_id, now=timezone.now())


@pytest.mark.parametrize("people", [1, 3])
def test_a_piece_costs_the_same_for_any_number_of_people(event: Event, people: int) -> None:
    made = started(event, long_list(people))
    sheet = attendee_imports.sheet_of(made)
    with CaptureQueriesContext(connection) as queries:
        attendee_imports.advance(import_id=made.pk, people=sheet.people, now=timezone.now())
    assert len(queries) == 13, [query["sql"][:80] for query in queries]


def test_a_yes_of_somebody_who_was_only_invited_means_nothing_here(event: Event) -> None:
    import_attendees(started(event).pk)
    invited = Attendee.objects.get(phone__value="+4915122222222")
    assert invited.phone_id
    said = attendees.confirm_by_sms(actor=platform(), phone_id=invited.phone_id, inbound_id=0, now=timezone.now())
    assert said is None
    invited.refresh_from_db()
    assert invited.status == AttendeeStatus.PENDING


def test_an_invitation_opens_a_private_night_and_the_question_is_asked(event: Event) -> None:
    Event.objects.update(access=EventAccess.PRIVATE)
    event.refresh_from_db()
    stranger = PhoneFactory.create()
    import_attendees(started(event).pk)
    invited = Attendee.objects.get(phone__value="+4915122222222")
    now = timezone.now()
    for phone_id, asked in ((stranger.pk, Asked.NEVER), (invited.phone_id or 0, Asked.NOW)):
        joining = attendees.join_by_sms(actor=platform(Via.SMS), event=event, phone_id=phone_id, now=now)
        assert joining.asked == asked
    invited.refresh_from_db()
    assert (invited.status, invited.joined_at, invited.asked_at) == (AttendeeStatus.PENDING, now, now)
