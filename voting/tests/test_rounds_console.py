"""The console's pages of rounds: whose they are, planned and edited through services, moved on by steps that ask first."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, User
from events.models import Event
from events.tests.factories import EventFactory, EventStaffFactory, SlotFactory
from voting.models import Round, RoundStatus, Tally
from voting.tests.factories import BallotFactory, RoundFactory, line_up, opened

pytestmark = pytest.mark.django_db
LIST = "/admin/voting/round/"


@pytest.fixture
def night(organizer: User) -> Event:
    event = EventFactory.create(
        live=True, owner=organizer, title="Loud Night", ends_at=datetime(2099, 1, 1, tzinfo=UTC)
    )
    line_up(event, 2)
    return event


@pytest.fixture
def desk(client: Client, organizer: User) -> Client:
    client.force_login(organizer)
    return client


def change(round_: Round) -> str:
    return reverse("admin:voting_round_change", args=[round_.pk])


def step(round_: Round, action: str) -> str:
    return reverse("admin:voting_round_step", args=[round_.pk, action])


def body(answer: Any) -> str:
    return str(answer.content.decode())


class TestWhoseTheyAre:
    def test_everybody_sees_their_own(self, client: Client, night: Event, outsider: User, admin_user: User) -> None:
        mine, theirs = RoundFactory.create(event=night), RoundFactory.create(event__owner=outsider)
        for user, seen in ((night.owner, [mine]), (outsider, [theirs]), (admin_user, [mine, theirs])):
            client.force_login(user)
            for round_ in (mine, theirs):
                expected = 200 if round_ in seen else 404
                for address in (change(round_), step(round_, "open-round")):
                    assert client.get(address).status_code == expected
                if expected == 404:
                    assert client.post(step(round_, "open-round")).status_code == 404
            page = body(client.get(LIST))
            assert [round_ for round_ in (mine, theirs) if change(round_) in page] == seen

    def test_managers_of_the_staff_too(self, client: Client, night: Event, outsider: User) -> None:
        round_ = RoundFactory.create(event=night)
        client.force_login(outsider)
        staff = EventStaffFactory.create(event=night, user=outsider, role="door")
        assert client.get(change(round_)).status_code == 404
        staff.role = "manager"
        staff.save()
        assert client.get(change(round_)).status_code == 200

    @pytest.mark.parametrize("who", ["", "fan", "artist", "brand"])
    def test_nobody_else_comes_in(self, client: Client, night: Event, who: str, request: pytest.FixtureRequest) -> None:
        round_ = RoundFactory.create(event=night)
        if who:
            client.force_login(request.getfixturevalue(who))
        for address in (LIST, change(round_), step(round_, "open-round")):
            assert client.get(address).status_code in {302, 403, 404}
        client.post(step(round_, "open-round"))
        assert Round.objects.get().status == RoundStatus.PLANNED


class TestPlanning:
    def test_a_new_one_is_the_events_next(self, desk: Client, night: Event) -> None:
        RoundFactory.create(event=night)
        page = {"event": night.pk, "name": "Final", "opens_at": "2098-06-01T20:00", "closes_at": "2098-06-01T20:10"}
        answer = desk.post(f"{LIST}add/", page)
        made = Round.objects.get(name="Final")
        assert (answer.status_code, answer["Location"]) == (302, change(made))
        assert made.number == 2
        assert made.opens_at == datetime(2098, 6, 1, 18, 0, tzinfo=UTC)  # Berlin's summer
        assert AuditEntry.objects.get().action == "round.plan"

    def test_of_an_event_that_is_not_yours_it_is_refused(self, desk: Client) -> None:
        answer = desk.post(f"{LIST}add/", {"event": EventFactory.create().pk})
        assert answer.status_code == 200
        assert not Round.objects.exists()

    def test_what_the_service_says_no_to_stands_at_its_field_and_nothing_typed_is_lost(
        self, desk: Client, night: Event
    ) -> None:
        page = {"event": night.pk, "name": "Late", "opens_at": "2098-06-01T20:00", "closes_at": "2098-06-01T19:00"}
        answer = body(desk.post(f"{LIST}add/", page))
        assert "Close it later than it opens, and later than now." in answer
        assert 'value="Late"' in answer
        assert not Round.objects.exists()

    def test_a_planned_one_is_edited_with_who_takes_part(self, desk: Client, night: Event) -> None:
        round_ = RoundFactory.create(event=night)
        first = night.lineup.order_by("ballot_number")[0]
        typed = {"name": "Warm-up", "opens_at": "", "closes_at": "", "artists": [first.artist.public_id], "version": 1}
        assert desk.post(change(round_), typed).status_code == 302
        round_.refresh_from_db()
        assert (round_.name, round_.version) == ("Warm-up", 2)
        assert [entry.slot for entry in round_.entries.all()] == [first]
        assert "checked" in body(desk.get(change(round_)))

    def test_an_older_version_is_said_and_stores_nothing(self, desk: Client, night: Event) -> None:
        round_ = RoundFactory.create(event=night, name="Now", version=4)
        answer = desk.post(change(round_), {"name": "Mine", "opens_at": "", "closes_at": "", "version": 3})
        assert "Someone changed this while you were writing." in body(answer)
        round_.refresh_from_db()
        assert round_.name == "Now"

    def test_one_that_has_opened_stays_as_it_is(self, desk: Client, night: Event) -> None:
        round_, _entries = opened(night)
        assert 'name="name"' not in body(desk.get(change(round_)))
        assert desk.post(change(round_), {"name": "Other", "version": 1}).status_code == 403
        round_.refresh_from_db()
        assert round_.name == ""


class TestSteps:
    def test_each_asks_first(self, desk: Client, night: Event) -> None:
        round_ = RoundFactory.create(event=night)
        for action, label, status in (
            ("open-round", "Open round 1", "open"),
            ("close-round", "Close round 1", "closed"),
            ("reveal-round", "Reveal round 1", "revealed"),
        ):
            before = round_.status
            assert label in body(desk.get(change(round_)))
            assert label in body(desk.get(step(round_, action)))
            round_.refresh_from_db()
            assert round_.status == before
            assert desk.post(step(round_, action)).status_code == 302
            round_.refresh_from_db()
            assert round_.status == status

    def test_what_cannot_be_is_said_and_changes_nothing(self, desk: Client, night: Event) -> None:
        round_ = RoundFactory.create(event=night)
        answer = desk.post(step(round_, "reveal-round"))
        assert answer.status_code == 409
        assert "Nothing was changed." in body(answer)

    @pytest.mark.parametrize("action", ["plan-round", "close-event", "nothing"])
    def test_steps_of_no_round_are_404(self, desk: Client, night: Event, action: str) -> None:
        assert desk.get(step(RoundFactory.create(event=night), action)).status_code == 404


def test_the_result_is_told_by_channel(desk: Client, night: Event) -> None:
    round_, entries = opened(night)
    Tally.objects.create(round=round_, entry=entries[1], channel="sms", votes=41)
    Tally.objects.create(round=round_, entry=entries[1], channel="web", votes=2)
    page = body(desk.get(change(round_)))
    assert "Votes per channel" in page
    assert "43" in page


def test_ballots_can_be_looked_at_by_who_runs_the_event_and_never_whom_they_are_for(
    client: Client, night: Event, outsider: User
) -> None:
    round_, entries = opened(night)
    ballot = BallotFactory.create(round=round_, entry=entries[0])
    address = reverse("admin:voting_ballot_change", args=[ballot.pk])
    client.force_login(outsider)
    assert client.get(address).status_code == 404
    client.force_login(night.owner)
    page = body(client.get(address))
    assert ballot.receipt in page
    assert entries[0].slot.artist.name not in page
    assert client.post(address, {}).status_code == 403
    assert ballot.receipt in body(client.get("/admin/voting/ballot/", {"q": ballot.receipt}))


@pytest.mark.parametrize("many", [1, 3])
def test_the_number_of_queries_does_not_grow(desk: Client, night: Event, many: int) -> None:
    for _round in range(many):
        SlotFactory.create(event=night)
        RoundFactory.create(event=night)
    round_ = Round.objects.order_by("pk")[0]
    for address, expected in ((LIST, 4), (change(round_), 12)):
        desk.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        assert len(queries) == expected, [query["sql"][:90] for query in queries]


def test_rounds_and_votes_are_told_by_the_clock_of_the_venue(desk: Client, night: Event) -> None:
    night.venue.timezone = "America/New_York"
    night.venue.save()
    at = datetime(2026, 10, 11, 20, 35, tzinfo=UTC)
    made, entries = opened(night)
    Round.objects.filter(pk=made.pk).update(opened_at=at, name="The encore")
    BallotFactory.create(round=made, entry=entries[0], received_at=at)

    rounds, one, votes = (body(desk.get(page)) for page in (LIST, change(made), "/admin/voting/ballot/"))

    assert [("Sun 11 Oct, 16:35" in page) for page in (rounds, one, votes)] == [True] * 3
    assert "Loud Night, The encore" in votes


def test_fields_are_called_in_the_language_of_the_reader(desk: Client, night: Event) -> None:
    opened(night)
    User.objects.filter(pk=night.owner_id).update(language="es")

    page = body(desk.get(LIST))

    assert "Se abrió" in page
    assert "Opened" not in page
