"""The control room: who gets in, what it shows, what its steps do, and what a press that comes late does not."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import platform
from accounts.models import User
from accounts.tests.factories import confirm_email
from events.models import Event, EventStatus
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory, SlotFactory
from messaging.models import MessageState
from messaging.tests.factories import MessageFactory
from voting.control_room import control_room_of
from voting.models import Ballot, BallotChannel, BallotState, Round, RoundStatus, Tally
from voting.services import rounds
from voting.tests.factories import BallotFactory, RoundFactory, opened

pytestmark = pytest.mark.django_db
QUERIES = 13


def path(event: Event) -> str:
    return f"/admin/events/event/{event.pk}/control/"


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def night(organizer: User) -> Event:
    """Live, with two artists and no round yet."""
    event = EventFactory.create(live=True, owner=organizer, title="Loud Night", join_keyword="LOUD")
    SlotFactory.create(event=event, artist__name="Kid Apricot")
    SlotFactory.create(event=event, artist__name="Vera & Contra")
    return event


@pytest.fixture
def verified(organizer: User) -> None:
    """The organizer has confirmed the e-mail address."""
    confirm_email(organizer)


@pytest.fixture
def room(client: Client, organizer: User) -> Client:
    client.force_login(organizer)
    return client


def press(room: Client, event: Event, action: str, number: int | None = None, **more: str) -> Any:
    """The step's button, held."""
    form = {"action": action, "sure": "1", **({"number": str(number)} if number else {}), **more}
    return room.post(path(event), form)


class TestWhoGetsIn:
    @pytest.mark.parametrize(
        ("who", "status"),
        [("organizer", 200), ("admin_user", 200), ("outsider", 404)],
    )
    @pytest.mark.parametrize("address", ["", "snapshot/"])
    def test_owner_and_admin_and_no_other_organizer(
        self, client: Client, night: Event, who: str, status: int, address: str, request: pytest.FixtureRequest
    ) -> None:
        client.force_login(request.getfixturevalue(who))
        assert client.get(path(night) + address).status_code == status
        if status == 404:
            assert press(client, night, "cancel-event").status_code == 404
            assert Event.objects.get().status == EventStatus.LIVE

    @pytest.mark.parametrize("role", ["manager", "door", "moderator"])
    def test_of_the_staff_only_managers(self, client: Client, night: Event, outsider: User, role: str) -> None:
        EventStaffFactory.create(event=night, user=outsider, role=role)
        client.force_login(outsider)
        assert client.get(path(night)).status_code == (200 if role == "manager" else 404)

    @pytest.mark.parametrize("who", ["", "fan", "artist", "brand", "developer"])
    def test_nobody_else(self, client: Client, night: Event, who: str, request: pytest.FixtureRequest) -> None:
        if who:
            client.force_login(request.getfixturevalue(who))
        for address in ("", "snapshot/"):
            assert client.get(path(night) + address).status_code in {302, 403, 404}
        press(client, night, "close-event")
        assert Event.objects.get().status == EventStatus.LIVE

    def test_other_verbs_are_405(self, room: Client, night: Event) -> None:
        assert room.put(path(night)).status_code == room.delete(path(night)).status_code == 405
        assert room.post(f"{path(night)}snapshot/").status_code == 405

    def test_nothing_here_is_404(self, room: Client) -> None:
        assert room.get("/admin/events/event/4711/control/").status_code == 404


def big_button(page: str) -> str:
    """The label on the one slab of brass; "" without one."""
    _before, found, after = page.partition('<span class="poster-face">')
    return after.partition("<")[0] if found and "the-button" in page else ""


def states(event: Event) -> list[str]:
    return list(Round.objects.filter(event=event).order_by("number").values_list("status", flat=True))


class TestTheNightFromTheButton:
    def test_from_the_draft_to_the_end(self, room: Client, organizer: User, verified: None) -> None:
        event = EventFactory.create(owner=organizer, starts_at=timezone.now() + timedelta(minutes=5))
        SlotFactory.create(event=event)
        seen = []
        for _step in range(9):
            page = text(room.get(path(event)))
            seen.append(big_button(page))
            action, _quote, rest = page.partition('name="action" value="')[2].partition('"')
            number = rest.partition("</form>")[0].partition('name="number" value="')[2].partition('"')[0]
            assert press(room, event, action, int(number) if number else None).status_code == 302
            if seen[-1] == "Reveal round 1":
                Event.objects.update(ends_at=timezone.now() + timedelta(minutes=20))
            if seen[-1] == "End the night":
                break
        assert seen == [
            "Publish",
            "Go live",
            "Plan round 1",
            "Open round 1",
            "Close round 1",
            "Reveal round 1",
            "End the night",
        ]
        assert big_button(text(room.get(path(event)))) == ""
        assert states(event) == ["revealed"]

    def test_while_the_night_is_young_another_round_comes_next(self, room: Client, night: Event) -> None:
        made, _entries = opened(night)
        Round.objects.filter(pk=made.pk).update(status=RoundStatus.REVEALED)
        assert big_button(text(room.get(path(night)))) == "Plan round 2"

    def test_it_says_what_was_done(self, room: Client, night: Event, organizer: User) -> None:
        press(room, night, "plan-round", 1)
        page = text(room.get(path(night)))
        assert "Round 1 is planned." in page
        assert "Round 1 was planned, by Olga Organizer" in page

    def test_a_disputed_round_says_so_and_cannot_be_revealed(self, room: Client, night: Event) -> None:
        made, entries = opened(night)
        Tally.objects.create(round=made, entry=entries[0], channel=BallotChannel.SMS, votes=3)
        press(room, night, "close-round", 1)
        page = text(room.get(path(night)))
        assert "This round is disputed" in page
        assert "Reveal round 1" not in page


class TestMeaningIt:
    def test_a_tap_asks_first_and_changes_nothing(self, room: Client, night: Event) -> None:
        opened(night)
        asked = room.post(path(night), {"action": "close-round", "number": "1"})
        assert asked.status_code == 200
        assert "Close round 1?" in text(asked)
        assert 'name="sure" value="1"' in text(asked)
        assert states(night) == ["open"]

    @pytest.mark.parametrize(
        "form",
        [
            {"action": "blow-up"},
            {},
            {"action": "close-round", "number": "-1"},
            {"action": "close-round", "number": "x"},
            {"action": "close-round", "number": "9999"},
        ],
    )
    def test_a_form_that_means_nothing_is_said_and_changes_nothing(
        self, room: Client, night: Event, form: dict[str, str]
    ) -> None:
        opened(night)
        answer = room.post(path(night), {**form, "sure": "1"})
        assert answer.status_code == 400
        assert "Nothing was done" in text(answer)
        assert states(night) == ["open"]


class TestPressesThatComeLate:
    """Somebody else was quicker: nothing is done twice, and the page says what happened."""

    @pytest.mark.parametrize(
        ("action", "number", "already"),
        [
            ("close-round", 1, "This round is closed"),
            ("open-round", 1, "This round is closed"),
            ("plan-round", 1, "Round 1 is planned already."),
            ("reveal-round", 2, "This round is open"),
            ("close-round", 3, "There is nothing here."),
            ("go-live", None, "This event is live"),
            ("publish", None, "cannot become published"),
        ],
    )
    def test_they_reach_no_other_round(
        self, room: Client, night: Event, verified: None, action: str, number: int | None, already: str
    ) -> None:
        opened(night)
        rounds.close_round(actor=platform(), public_id=night.public_id, number=1, now=timezone.now())
        opened(night)
        answer = press(room, night, action, number)
        assert answer.status_code in {404, 409, 412}
        assert already in text(answer)
        assert "Not done:" in text(answer)
        assert "Last done, at" in text(answer)
        assert states(night) == ["closed", "open"]
        assert big_button(text(answer)) == "Close round 2"

    def test_nobody_on_the_ballot_is_said_next_to_the_button(self, room: Client, organizer: User) -> None:
        event = EventFactory.create(live=True, owner=organizer)
        RoundFactory.create(event=event)
        answer = press(room, event, "open-round", 1)
        assert answer.status_code == 409
        assert "There is nobody to vote for." in text(answer)


class TestFigures:
    def test_what_moves(self, night: Event) -> None:
        made, entries = opened(night)
        now = timezone.now()
        people = AttendeeFactory.create_batch(3, event=night, confirmed_at=now)
        AttendeeFactory.create(event=night, confirmed_at=now - timedelta(hours=2))
        AttendeeFactory.create(event=night, pending=True)
        AttendeeFactory.create(confirmed_at=now)  # somewhere else
        for person, channel in zip(people, ("sms", "sms", "web"), strict=True):
            BallotFactory.create(round=made, entry=entries[0], attendee=person, channel=channel)
        Tally.objects.create(round=made, entry=entries[0], channel="sms", votes=2)
        Tally.objects.create(round=made, entry=entries[0], channel="web", votes=1)
        room = control_room_of(night, now=timezone.now())
        assert (room.arrivals.confirmed, room.arrivals.pending) == (4, 1)
        assert sum(room.arrivals.per_minute) == 3
        assert room.votes.by_channel == {"sms": 2, "web": 1}
        assert {name: sum(counts) for name, counts in room.votes.per_minute.items()} == {"sms": 2, "web": 1, "api": 0}
        assert {len(counts) for counts in room.votes.per_minute.values()} == {30}

    def test_the_legend_says_how_many_voted_in_the_half_hour(self, room: Client, night: Event) -> None:
        """Not how many in the minute that has just begun, which is nobody most of the time."""
        made, entries = opened(night)
        for person in AttendeeFactory.create_batch(3, event=night):
            cast = timezone.now() - timedelta(minutes=5)
            BallotFactory.create(round=made, entry=entries[0], attendee=person, channel="sms", received_at=cast)
        page = text(room.get(path(night)))
        assert "SMS <strong>3</strong>" in page
        assert "3 votes in the last half hour" in page
        assert "Counted in round 1" in page

    def test_where_nothing_came_lately_no_chart_is_drawn(self, room: Client, night: Event) -> None:
        opened(night)
        page = text(room.get(path(night)))
        assert "0 votes in the last half hour" in page
        assert "0 people in the last half hour" in page
        assert "<figcaption>" not in page

    def test_a_night_that_is_over_is_not_told_by_its_last_half_hour(self, room: Client, night: Event) -> None:
        AttendeeFactory.create(event=night, confirmed_at=timezone.now() - timedelta(hours=2))
        Event.objects.filter(pk=night.pk).update(status=EventStatus.CLOSED)
        page = text(room.get(path(night)))
        assert "Who came" in page
        assert "half hour" not in page

    def test_messages_and_why_they_failed(self, room: Client, night: Event) -> None:
        for state, code in (
            ("queued", ""),
            ("delivered", ""),
            ("failed", "21614"),
            ("undelivered", "30003"),
            ("failed", "21614"),
        ):
            MessageFactory.create(topic=night.topic, state=MessageState(state), error_code=code)
        MessageFactory.create(topic="event:0")
        page = text(room.get(path(night)))
        assert "1 waiting, 0 on their way, 1 delivered, 3 failed" in page
        assert "This is not a mobile number." in page
        assert "The phone is off or out of reach." in page

    def test_refused_votes_with_reason_and_masked_phone(self, room: Client, night: Event) -> None:
        made, _entries = opened(night)
        person = AttendeeFactory.create(event=night, phone__value="+14155550142")
        BallotFactory.create(round=made, attendee=person, state=BallotState.REJECTED, reason="DUPLICATE")
        BallotFactory.create(round=made, state=BallotState.REJECTED, reason="ROUND_CLOSED")
        page = text(room.get(path(night)))
        assert "Had voted already. The first vote stands." in page
        assert "There is no open round to vote in." in page
        assert "+1 ••• 42" in page
        assert "4155550142" not in page

    def test_another_version_when_something_was_done_and_only_then(self, room: Client, night: Event) -> None:
        made, entries = opened(night)
        address = f"{path(night)}snapshot/"
        first = room.get(address).json()
        Tally.objects.create(round=made, entry=entries[0], channel="sms", votes=1)
        assert room.get(address).json()["version"] == first["version"]
        press(room, night, "close-round", 1)
        assert room.get(address).json()["version"] != first["version"]

    def test_whether_fans_see_the_standings(self, room: Client, night: Event) -> None:
        made, entries = opened(night)
        Tally.objects.create(round=made, entry=entries[0], channel="sms", votes=1)
        assert "Everyone sees these." in text(room.get(path(night)))
        Round.objects.filter(pk=made.pk).update(vote_config={**night.vote_config, "results": "reveal"})
        page = text(room.get(path(night)))
        assert "Only you see these." in page
        assert "Kid Apricot" in page

    def test_how_to_join(self, room: Client, night: Event) -> None:
        page = text(room.get(path(night)))
        assert "LOUD" in page
        assert "+1 202-555-0100" in page


@pytest.mark.parametrize("address", ["", "snapshot/"])
@pytest.mark.parametrize("many", [1, 3])
def test_the_number_of_queries_does_not_grow(room: Client, night: Event, many: int, address: str) -> None:
    for _round in range(many):
        Round.objects.filter(event=night).update(status=RoundStatus.CLOSED)
        made, entries = opened(night)
        for _person in range(many):
            person = AttendeeFactory.create(event=night)
            BallotFactory.create(round=made, entry=entries[0], attendee=person)
            BallotFactory.create(round=made, attendee=person, state=BallotState.REJECTED, reason="DUPLICATE")
            MessageFactory.create(
                topic=night.topic, state=MessageState.FAILED, error_code="21614", address=person.phone
            )
    assert Ballot.objects.count() == 2 * many * many
    room.get(path(night))
    with CaptureQueriesContext(connection) as queries:
        assert room.get(path(night) + address).status_code == 200
    assert len(queries) == QUERIES, [query["sql"][:90] for query in queries]
