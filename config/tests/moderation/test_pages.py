"""The pages of moderation: reporting without an account, an owner's decisions, the queue in the console."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Appeal, Case, CaseState, Decision, Report, Role, TrustedFlagger, User, Verdict
from accounts.reportables import set_held
from accounts.tests.factories import UserFactory
from artists.tests.factories import ArtistFactory
from events.models import Event
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def night() -> Event:
    return EventFactory.create(
        published=True, title="Fake Fest", starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10)
    )


def case_of(night: Event, reporter: User | None = None, **fields: object) -> Case:
    given = {"owner": night.owner, "opened_at": NOW, **fields}
    case = Case.objects.create(subject_type="events.event", subject_id=night.public_id, **given)
    mark = "" if reporter else "somebody"
    Report.objects.create(
        case=case, reporter=reporter, mark=mark, reason="spam", words="They sell air.", points=1, at=NOW
    )
    return case


def held(night: Event, verdict: Verdict = Verdict.HOLD) -> Decision:
    state = CaseState.HELD if verdict is Verdict.HOLD else CaseState.DECIDED
    case = case_of(night, state=state)
    set_held("events.event", night.public_id, NOW)
    return Decision.objects.create(case=case, verdict=verdict, reason="spam", words="It sells air.", at=NOW)


def read(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


class TestReporting:
    def test_a_page_leads_there_and_nobody_has_to_sign_in(self, client: Client, night: Event) -> None:
        way = reverse("report", args=["event", night.public_id])
        assert way in read(client, reverse("event-pages:event", args=[night.slug]))
        assert "Fake Fest" in read(client, way)
        assert Report.objects.count() == 0, "looking changes nothing"
        response = client.post(way, {"reason": "spam", "words": "They sell air."})
        assert (response.status_code, response["Location"]) == (302, reverse("reported"))
        assert "Thank you" in read(client, reverse("reported"))
        assert Report.objects.get().words == "They sell air."

    def test_the_page_of_an_artist_leads_there_too(self, client: Client) -> None:
        artist = ArtistFactory.create()
        assert reverse("report", args=["artist", artist.public_id]) in read(
            client, reverse("artist-pages:artist", args=[artist.slug])
        )

    def test_without_a_reason_it_asks_again_and_keeps_the_words(self, client: Client, night: Event) -> None:
        response = client.post(reverse("report", args=["event", night.public_id]), {"words": "Look at this."})
        assert response.status_code == 422
        assert "Look at this." in response.content.decode()

    def test_ones_own_is_refused_in_words(self, client: Client, night: Event) -> None:
        client.force_login(night.owner)
        response = client.post(reverse("report", args=["event", night.public_id]), {"reason": "spam"})
        assert response.status_code == 409
        assert "This is yours." in response.content.decode()

    @pytest.mark.parametrize("verb", ["put", "delete", "patch"])
    def test_other_verbs(self, client: Client, night: Event, verb: str) -> None:
        assert getattr(client, verb)(reverse("report", args=["event", night.public_id])).status_code == 405

    def test_what_is_not_there(self, client: Client) -> None:
        assert client.get("/report/event/0000000000000000/").status_code == 404
        assert client.get("/report/weather/0000000000000000/").status_code == 404


class TestMine:
    def test_the_owner_reads_why_and_appeals(self, client: Client, night: Event) -> None:
        decided = held(night)
        client.force_login(night.owner)
        event_page = read(client, reverse("event-pages:event", args=[night.slug]))
        way = reverse("appeal", args=[decided.public_id])
        assert "It sells air." in event_page
        assert way in event_page
        mine = read(client, reverse("my-moderation"))
        assert "Fake Fest" in mine
        assert way in mine
        assert "It sells air." in read(client, way)
        assert client.post(way, {"words": ""}).status_code == 422
        response = client.post(way, {"words": "Air is real."}, follow=True)
        assert response.redirect_chain == [(reverse("my-moderation"), 302)]
        assert Appeal.objects.get().words == "Air is real."
        assert client.post(way, {"words": "Again."}).status_code == 409

    def test_others_know_nothing_of_it(self, client: Client, night: Event, fan: User) -> None:
        decided = held(night)
        way = reverse("appeal", args=[decided.public_id])
        assert client.get(way).status_code == 302
        client.force_login(fan)
        assert client.get(way).status_code == 404
        assert client.post(way, {"words": "Mine!"}).status_code == 404
        assert client.get(reverse("event-pages:event", args=[night.slug])).status_code == 404

    def test_an_admin_sees_the_banner_without_the_appeal(self, client: Client, night: Event, admin_user: User) -> None:
        decided = held(night)
        client.force_login(admin_user)
        page = read(client, reverse("event-pages:event", args=[night.slug]))
        assert "It sells air." in page
        assert reverse("appeal", args=[decided.public_id]) not in page

    def test_what_i_reported_does_not_name_what_is_hidden(self, client: Client, night: Event, fan: User) -> None:
        case_of(night, reporter=fan)
        client.force_login(fan)
        assert "Fake Fest" in read(client, reverse("my-moderation"))
        Case.objects.update(state=CaseState.HELD)
        assert "Fake Fest" not in read(client, reverse("my-moderation"))

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(
        self, client: Client, fan: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _each in range(number):
            event = EventFactory.create(published=True, owner=fan)
            held(event)
            case_of(EventFactory.create(published=True), reporter=fan)
        client.force_login(fan)
        with django_assert_num_queries(4):
            read(client, reverse("my-moderation"))


class TestConsole:
    def test_the_queue_the_case_and_a_step(self, client: Client, night: Event, admin_user: User, fan: User) -> None:
        case = case_of(night, reporter=fan)
        client.force_login(admin_user)
        assert "Fake Fest" in read(client, reverse("admin:accounts_case_changelist"))
        way = reverse("admin:accounts_case_change", args=[case.pk])
        page = read(client, way)
        assert "They sell air." in page
        assert fan.email in page
        step = reverse("admin:accounts_case_step", args=[case.pk, "remove"])
        assert step in page
        assert "Its owner gets a mail" in read(client, step)
        night.refresh_from_db()
        assert night.held_at is None, "looking changes nothing"
        given = {"version": 1, "reason": "spam", "words": ""}
        assert client.post(step, given).status_code == 422
        assert client.post(step, {**given, "version": 9, "words": "Air."}).status_code == 412
        assert client.post(step, {**given, "words": "Air."})["Location"] == way
        assert "Air." in read(client, way)
        assert "Fake Fest" not in read(client, reverse("admin:accounts_case_changelist")), "it waits no more"
        assert "Fake Fest" in read(client, reverse("admin:accounts_case_changelist") + "?stands=all")

    def test_an_appeal_is_answered_by_another_admin(self, client: Client, night: Event, admin_user: User) -> None:
        decided = held(night, Verdict.REMOVE)
        Appeal.objects.create(decision=decided, by=night.owner, words="Air is real.", at=NOW)
        Case.objects.update(state=CaseState.APPEALED)
        client.force_login(UserFactory.create(role=Role.ADMIN))
        case = Case.objects.get()
        assert "Air is real." in read(client, reverse("admin:accounts_case_change", args=[case.pk]))
        way = reverse("admin:accounts_case_step", args=[case.pk, "answer"])
        assert "Air is real." in read(client, way)
        assert client.post(way, {"version": 1, "outcome": "overturned", "words": "Right."}).status_code == 302
        night.refresh_from_db()
        assert night.held_at is None

    def test_trust(self, client: Client, night: Event, admin_user: User, fan: User) -> None:
        case = case_of(night, reporter=fan)
        way = reverse("admin:accounts_case_trust", args=[case.pk, case.reports.get().public_id])
        client.force_login(admin_user)
        client.get(way)
        assert not TrustedFlagger.objects.exists()
        client.post(way, {"trusted": "yes"})
        assert TrustedFlagger.objects.get().user == fan
        client.post(way, {"trusted": "no"})
        assert not TrustedFlagger.objects.exists()

    @pytest.mark.parametrize("who", ["organizer", "fan"])
    def test_nobody_else_is_let_in(self, client: Client, night: Event, who: str, organizer: User, fan: User) -> None:
        case = case_of(night)
        client.force_login({"organizer": organizer, "fan": fan}[who])
        for way in (
            reverse("admin:accounts_case_changelist"),
            reverse("admin:accounts_case_change", args=[case.pk]),
            reverse("admin:accounts_case_step", args=[case.pk, "remove"]),
            reverse("admin:accounts_case_trust", args=[case.pk, case.reports.get().public_id]),
        ):
            assert client.get(way).status_code in {302, 403, 404}
            assert client.post(way, {"version": 1, "reason": "spam", "words": "x"}).status_code in {302, 403, 404}
        assert not Decision.objects.exists()
