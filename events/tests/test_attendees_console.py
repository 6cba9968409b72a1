"""The console's pages of attendees: whose they are, masked, one by hand, many from a file that is looked at first."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.tests.factories import UserFactory
from events.attendee_csv import MOST_BYTES
from events.console.import_page import refused_file
from events.models import Attendee, AttendeeImport, AttendeeStatus, Event, ImportStatus
from events.tasks import import_attendees
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory
from messaging.models import Address, Channel

pytestmark = pytest.mark.django_db
LIST = "/admin/events/attendee/"
UPLOAD = f"{LIST}import/"


@pytest.fixture
def event(organizer: User) -> Event:
    return EventFactory.create(published=True, owner=organizer, title="Copper Night")


@pytest.fixture
def desk(client: Client, organizer: User) -> Client:
    client.force_login(organizer)
    return client


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was handed to the workers, at once: a test's transaction is never committed."""
    handed: list[int] = []
    monkeypatch.setattr(import_attendees, "apply_async", lambda args, queue: handed.extend(args))
    monkeypatch.setattr(transaction, "on_commit", lambda call, robust: call())
    return handed


def body(answer: Any) -> str:
    return str(answer.content.decode())


def change(attendee: Attendee) -> str:
    return reverse("admin:events_attendee_change", args=[attendee.pk])


def take_off(attendee: Attendee) -> str:
    return reverse("admin:events_attendee_take_off", args=[attendee.pk])


def upload(desk: Client, event: Event, text: str | bytes, name: str = "guests.csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return desk.post(UPLOAD, {"event": event.pk, "file": SimpleUploadedFile(name, data, "text/csv")})


class TestWhoseTheyAre:
    def test_everybody_sees_those_of_their_own_events(
        self, client: Client, event: Event, outsider: User, admin_user: User
    ) -> None:
        mine, theirs = AttendeeFactory.create(event=event), AttendeeFactory.create(event__owner=outsider)
        for user, seen in ((event.owner, [mine]), (outsider, [theirs]), (admin_user, [mine, theirs])):
            client.force_login(user)
            page = body(client.get(LIST))
            for attendee in (mine, theirs):
                assert (change(attendee) in page) is (attendee in seen)
                status = 200 if attendee in seen else 404
                assert client.get(change(attendee)).status_code == status
                assert client.get(take_off(attendee)).status_code == status
                if status == 404:
                    assert client.post(take_off(attendee)).status_code == 404
        assert Attendee.objects.filter(status=AttendeeStatus.LEFT).count() == 0

    def test_the_filter_names_no_event_of_others(self, desk: Client, event: Event) -> None:
        others = EventFactory.create(title="Somebody Else's Night")
        AttendeeFactory.create(event=event)
        page = body(desk.get(LIST))
        assert "Copper Night" in page
        assert "Somebody Else" not in page
        assert desk.get(LIST, {"event": others.pk}).status_code == 200
        assert desk.get(LIST, {"event": "x"}).status_code in {200, 302}

    @pytest.mark.parametrize("role", ["door", "moderator"])
    def test_of_the_staff_only_managers(self, client: Client, event: Event, outsider: User, role: str) -> None:
        EventStaffFactory.create(event=event, user=outsider, role=role)
        client.force_login(outsider)
        assert client.get(change(AttendeeFactory.create(event=event))).status_code == 404

    @pytest.mark.parametrize("who", ["", "fan", "artist", "brand", "developer"])
    def test_nobody_else_comes_in(self, client: Client, event: Event, who: str, request: pytest.FixtureRequest) -> None:
        attendee = AttendeeFactory.create(event=event)
        if who:
            client.force_login(request.getfixturevalue(who))
        for address in (LIST, change(attendee), take_off(attendee), UPLOAD):
            assert client.get(address).status_code in {302, 403, 404}
        client.post(take_off(attendee))
        upload(client, event, "phone\n+4915112345678\n")
        attendee.refresh_from_db()
        assert attendee.status == AttendeeStatus.CONFIRMED
        assert not AttendeeImport.objects.exists()


class TestLookingUp:
    def test_addresses_are_masked(self, desk: Client, event: Event) -> None:
        attendee = AttendeeFactory.create(event=event, phone__value="+14155550142")
        for address in (LIST, change(attendee)):
            page = body(desk.get(address))
            assert "+1 ••• 42" in page
            assert "4155550142" not in page

    @pytest.mark.parametrize("written", ["+14155550142", "+1 (415) 555-0142", "ada@example.test", "Ada Lovelace"])
    def test_whoever_knows_somebody_finds_them(self, desk: Client, event: Event, written: str) -> None:
        mail = Address.objects.create(channel=Channel.EMAIL, value="ada@example.test")
        account = UserFactory.create(name="Ada Lovelace")
        found = AttendeeFactory.create(event=event, user=account, phone__value="+14155550142", email=mail)
        other = AttendeeFactory.create(event=event)
        page = body(desk.get(LIST, {"q": written}))
        assert change(found) in page
        assert change(other) not in page

    def test_a_part_of_an_address_finds_nobody(self, desk: Client, event: Event) -> None:
        attendee = AttendeeFactory.create(event=event, phone__value="+14155550142")
        assert change(attendee) not in body(desk.get(LIST, {"q": "415555"}))


class TestByHand:
    def test_one_is_put_on_the_list_as_invited(self, desk: Client, event: Event) -> None:
        typed = {"event": event.pk, "phone_number": "0151 12345678", "mail_address": "Ada@Example.test"}
        assert desk.post(f"{LIST}add/", typed).status_code == 302
        attendee = Attendee.objects.get()
        assert attendee.phone
        assert attendee.email
        assert (attendee.phone.value, attendee.email.value) == ("+4915112345678", "ada@example.test")
        assert (attendee.status, attendee.joined_at) == (AttendeeStatus.PENDING, None)
        assert AuditEntry.objects.get().action == "attendee.invite"

    @pytest.mark.parametrize(
        ("phone", "mail", "said"),
        [
            ("", "", "Give a phone number or an e-mail address."),
            ("12", "", "This is not a phone number."),
            ("", "ada@", "This is not an e-mail address."),
            ("+4915112345678", "", "This person is on the list already."),
        ],
    )
    def test_what_cannot_be_is_said_and_kept(
        self, desk: Client, event: Event, phone: str, mail: str, said: str
    ) -> None:
        AttendeeFactory.create(event=event, phone__value="+4915112345678")
        answer = desk.post(f"{LIST}add/", {"event": event.pk, "phone_number": phone, "mail_address": mail})
        assert answer.status_code == 200
        assert said in body(answer)
        assert f'value="{phone or mail}"' in body(answer)
        assert Attendee.objects.count() == 1

    def test_taking_off_asks_first(self, desk: Client, event: Event) -> None:
        attendee = AttendeeFactory.create(event=event)
        assert take_off(attendee) in body(desk.get(change(attendee)))
        assert "Votes they have cast stay." in body(desk.get(take_off(attendee)))
        attendee.refresh_from_db()
        assert attendee.status == AttendeeStatus.CONFIRMED
        for _time in range(2):
            assert desk.post(take_off(attendee)).status_code == 302
        attendee.refresh_from_db()
        assert attendee.status == AttendeeStatus.LEFT
        assert AuditEntry.objects.get().action == "attendee.remove"
        assert take_off(attendee) not in body(desk.get(change(attendee)))


class TestFromAFile:
    FILE = "phone;e-mail;name\n0151 12345678;;Ada\n;cleo@example.test;Cleo\n12;;Dan\n=1+1;;Eve\n"

    def test_from_the_file_to_the_list(self, desk: Client, event: Event, queued: list[int]) -> None:
        AttendeeFactory.create(event=event, phone__value="+4915112345678")
        answer = upload(desk, event, self.FILE)
        made = AttendeeImport.objects.get()
        address = reverse("admin:attendee-import", args=[made.public_id])
        assert answer["Location"] == address

        preview = body(desk.get(address))
        for words in ("4 rows", "Import 1 person", "12", "This is not a phone number.", "alone: name."):
            assert words in preview
        assert Attendee.objects.count() == 1
        assert queued == []

        assert desk.post(address).status_code == 302
        assert queued == [made.pk]
        running = body(desk.get(address))
        assert "0 of 2" in running
        assert desk.get(f"{address}progress/").json() == {
            "status": "running",
            "done": 0,
            "total": 2,
            "words": "0 of 2",
        }
        import_attendees(made.pk)
        assert desk.get(f"{address}progress/").json()["status"] == "done"
        outcome = body(desk.get(address))
        assert "Imported" in outcome
        assert Attendee.objects.count() == 2

    def test_refused_rows_can_be_downloaded_and_are_no_formulas(self, desk: Client, event: Event) -> None:
        upload(desk, event, self.FILE)
        made = AttendeeImport.objects.get()
        answer = desk.get(reverse("admin:attendee-refused", args=[made.public_id]))
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.reader(io.StringIO(body(answer).removeprefix("\ufeff"))))
        assert rows == [
            ["Line", "Value", "What is wrong"],
            ["4", "12", "This is not a phone number."],
            ["5", "'=1+1", "This is not a phone number."],
        ]

    @pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t="])
    def test_no_value_of_the_file_is_a_formula(self, event: Event, begin: str) -> None:
        made = AttendeeImport(event=event, file=f'phone\n"{begin}x"\n'.encode())
        value = list(csv.reader(io.StringIO(refused_file(made, head=["", "", ""]))))[1][1]
        assert value.startswith("'")

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"name\nAda\n", "No column is named phone or e-mail. The first line says: name"),
            (b"PK\x03\x04\0\0", "This is not a CSV file."),
            (b"phone\n" + b"1" * MOST_BYTES, "This file is larger than 2 MB."),
            (b"", "The submitted file is empty."),
        ],
    )
    def test_a_file_that_cannot_be_read_is_said(self, desk: Client, event: Event, data: bytes, said: str) -> None:
        answer = upload(desk, event, data)
        assert answer.status_code == 200
        assert said in body(answer)
        assert not AttendeeImport.objects.exists()

    def test_only_ones_own_open_events_can_be_filled(self, desk: Client, event: Event, organizer: User) -> None:
        over = EventFactory.create(owner=organizer, closed=True)
        for closed in (over, EventFactory.create()):
            assert upload(desk, closed, self.FILE).status_code == 200
        assert not AttendeeImport.objects.exists()
        assert f'value="{event.pk}" selected' in body(desk.get(UPLOAD, {"event": event.pk}))

    def test_a_file_can_be_taken_away_again(self, desk: Client, event: Event) -> None:
        upload(desk, event, self.FILE)
        address = reverse("admin:attendee-import", args=[AttendeeImport.objects.get().public_id])
        assert desk.post(address, {"discard": "1"}).status_code == 302
        assert not AttendeeImport.objects.exists()
        assert desk.get(address).status_code == 404

    def test_the_list_of_a_night_that_was_called_off_meanwhile_stays(
        self, desk: Client, event: Event, queued: list[int]
    ) -> None:
        upload(desk, event, self.FILE)
        Event.objects.update(status="cancelled")
        answer = desk.post(reverse("admin:attendee-import", args=[AttendeeImport.objects.get().public_id]))
        assert answer.status_code == 409
        assert "This event is over or cancelled" in body(answer)
        assert queued == []

    def test_without_a_broker_it_is_begun_all_the_same(
        self, desk: Client, event: Event, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        def away(*_args: object, **_more: object) -> None:
            raise OSError("no broker")

        monkeypatch.setattr(import_attendees, "apply_async", away)
        upload(desk, event, self.FILE)
        made = AttendeeImport.objects.get()
        with django_capture_on_commit_callbacks(execute=True):
            assert desk.post(reverse("admin:attendee-import", args=[made.public_id])).status_code == 302
        made.refresh_from_db()
        assert made.status == ImportStatus.RUNNING

    def test_of_others_it_is_404(self, client: Client, desk: Client, event: Event, outsider: User) -> None:
        upload(desk, event, self.FILE)
        address = reverse("admin:attendee-import", args=[AttendeeImport.objects.get().public_id])
        client.force_login(outsider)
        for path in (address, f"{address}progress/", f"{address}refused.csv"):
            assert client.get(path).status_code == 404
        assert client.post(address).status_code == 404
        assert client.post(address, {"discard": "1"}).status_code == 404
        assert AttendeeImport.objects.get().status == ImportStatus.CHECKED


@pytest.mark.parametrize("many", [1, 3])
def test_the_number_of_queries_does_not_grow(desk: Client, event: Event, many: int) -> None:
    AttendeeFactory.create_batch(many, event=event)
    upload(desk, event, "email\n" + "".join(f"fan{number}@example.test\n" for number in range(many)))
    preview = reverse("admin:attendee-import", args=[AttendeeImport.objects.get().public_id])
    for address, expected in ((LIST, 4), (preview, 4)):  # the file of the preview is read by itself
        desk.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        assert len(queries) == expected, [query["sql"][:90] for query in queries]
