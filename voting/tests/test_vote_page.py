"""The vote page: every picture it can be, for everybody who may look, without changing anything."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from config.tests.reading import main_of
from events.links import confirm_link
from events.models import Attendee, Event, EventStatus
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory, SlotFactory
from voting import tokens
from voting.models import Ballot, Entry, Round, RoundStatus
from voting.tests.browsing import page_of, personal
from voting.tests.factories import BallotFactory, RoundFactory, line_up, opened

pytestmark = pytest.mark.django_db
_BERLIN: Final = ZoneInfo("Europe/Berlin")


def at(event: Event) -> str:
    return f"/events/{event.slug}/vote/"


@pytest.fixture
def event() -> Event:
    event = EventFactory.create(live=True, title="Night <of> Noise", join_keyword="NOISE")
    for name in ("Molten Choir", "Kid Apricot", "Ada & the Lathes"):
        SlotFactory.create(event=event, artist__name=name)
    return event


@pytest.fixture
def attendee(event: Event) -> Attendee:
    return AttendeeFactory.create(event=event)


def become(event: Event, status: EventStatus) -> None:
    Event.objects.filter(pk=event.pk).update(status=status)


def stand(round_: Round, status: RoundStatus, **fields: Any) -> None:
    Round.objects.filter(pk=round_.pk).update(status=status, **fields)


def voted(round_: Round, entry: Entry, attendee: Attendee, **fields: Any) -> Ballot:
    return BallotFactory.create(round=round_, entry=entry, attendee=attendee, **fields)


class TestTheNight:
    @pytest.mark.parametrize(
        ("status", "scene", "words"),
        [
            (EventStatus.PUBLISHED, "early", "Voting is on the night"),
            (EventStatus.LIVE, "waiting", "Voting opens soon"),
            (EventStatus.CLOSED, "over", "This night is over"),
            (EventStatus.ARCHIVED, "over", "This night is over"),
            (EventStatus.CANCELLED, "cancelled", "Called off"),
        ],
    )
    def test_each_state_has_its_picture(
        self, client: Client, attendee: Attendee, status: EventStatus, scene: str, words: str
    ) -> None:
        become(attendee.event, status)
        response = client.get(personal(attendee))
        assert response.status_code == 200
        assert page_of(response).scene == scene
        assert words in response.content.decode()
        assert "Night &lt;of&gt; Noise" in response.content.decode()
        assert "<form" not in main_of(response)

    @pytest.mark.parametrize("status", [EventStatus.PUBLISHED, EventStatus.LIVE])
    def test_before_a_round_it_says_who_is_on_the_ballot(
        self, client: Client, attendee: Attendee, status: EventStatus
    ) -> None:
        become(attendee.event, status)
        SlotFactory.create(event=attendee.event, artist__name="Gone Away", invite_status="declined")
        page = main_of(client.get(personal(attendee)))
        assert "Ada &amp; the Lathes" in page
        assert "Gone Away" not in page

    def test_a_planned_round_says_when_it_opens_by_the_clock_of_the_venue(
        self, client: Client, attendee: Attendee, now: datetime
    ) -> None:
        soon = (now + timedelta(hours=1)).replace(minute=30)
        RoundFactory.create(event=attendee.event, name="The final", opens_at=soon)
        page = main_of(client.get(personal(attendee)))
        assert f"The final opens at {soon.astimezone(_BERLIN).strftime('%H:%M')}." in page

    def test_when_it_is_over_the_recap_is_the_way_on(self, client: Client, attendee: Attendee) -> None:
        become(attendee.event, EventStatus.CLOSED)
        assert f'href="/events/{attendee.event.slug}/recap/"' in main_of(client.get(personal(attendee)))


class TestTheRound:
    def test_an_open_round_is_a_form_with_one_button(self, client: Client, attendee: Attendee) -> None:
        round_, _entries = opened(attendee.event)
        response = client.get(personal(attendee))
        page = main_of(response)
        assert page_of(response).scene == "open"
        assert page.count('type="radio"') == 3
        assert page.count("<button") == 1
        assert "Round 1: choose one artist" in page
        token = tokens.read(page_of(response).token)
        assert (token.attendee_id, token.round_id) == (attendee.pk, round_.pk)
        assert token.expires_at == int(attendee.event.ends_at.timestamp())

    def test_it_counts_down_when_the_round_closes_by_the_clock(
        self, client: Client, attendee: Attendee, now: datetime
    ) -> None:
        opened(attendee.event, closes_at=now + timedelta(minutes=5))
        assert 'role="timer"' in main_of(client.get(personal(attendee)))

    def test_without_a_time_to_close_there_is_no_clock(self, client: Client, attendee: Attendee) -> None:
        opened(attendee.event)
        assert 'role="timer"' not in main_of(client.get(personal(attendee)))

    def test_it_is_closed_at_its_time_even_if_nobody_has_closed_it(
        self, client: Client, attendee: Attendee, now: datetime
    ) -> None:
        round_, _entries = opened(attendee.event)
        Round.objects.filter(pk=round_.pk).update(closes_at=now - timedelta(seconds=1))
        response = client.get(personal(attendee))
        assert page_of(response).scene == "closed"
        assert page_of(response).token == ""

    @pytest.mark.parametrize("own", [True, False], ids=["own", "merged"])
    def test_a_vote_shows_its_receipt_and_the_way_to_the_board(
        self, client: Client, attendee: Attendee, own: bool
    ) -> None:
        """Also where the vote was cast by an attendee who turned out to be the same person."""
        voter = attendee
        if not own:
            voter = AttendeeFactory.create(event=attendee.event)
            Attendee.objects.filter(pk=voter.pk).update(status="left", merged_into=attendee)
        round_, entries = opened(attendee.event)
        ballot = voted(round_, entries[1], voter)
        for path in (personal(attendee), personal(voter)):
            page = main_of(client.get(path))
            assert "Kid Apricot" in page
            assert ballot.receipt in page
            assert f'href="/events/{attendee.event.slug}/live/"' in page
            assert "<form" not in page

    def test_a_vote_that_was_replaced_is_none(self, client: Client, attendee: Attendee) -> None:
        round_, entries = opened(attendee.event)
        voted(round_, entries[0], attendee, state="superseded", reason="MERGED")
        voted(round_, entries[0], attendee, state="rejected", reason="DUPLICATE")
        assert page_of(client.get(personal(attendee))).scene == "open"

    def test_a_vote_that_is_held_back_says_so(self, client: Client, attendee: Attendee) -> None:
        round_, entries = opened(attendee.event)
        voted(round_, entries[0], attendee, state="quarantined")
        assert "Under review" in main_of(client.get(personal(attendee)))

    @pytest.mark.parametrize(
        ("chosen", "said"), [("3", True), ("2", False), ("99", False), ("", False), ("<b>", False)]
    )
    def test_a_later_vote_for_somebody_else_is_told_that_the_first_stands(
        self, client: Client, attendee: Attendee, chosen: str, said: bool
    ) -> None:
        round_, entries = opened(attendee.event)
        voted(round_, entries[1], attendee)
        page = main_of(client.get(personal(attendee), {"chosen": chosen}))
        assert ("The one for Ada &amp; the Lathes changes nothing" in page) is said
        assert "Kid Apricot" in page
        assert "<b>" not in page

    @pytest.mark.parametrize("status", ["closing", "closed", "revealed", "disputed"])
    @pytest.mark.parametrize("has_voted", [True, False])
    def test_a_round_that_is_over_says_what_became_of_the_vote(
        self, client: Client, attendee: Attendee, status: RoundStatus, has_voted: bool
    ) -> None:
        round_, entries = opened(attendee.event)
        if has_voted:
            voted(round_, entries[1], attendee)
        stand(round_, status)
        page = main_of(client.get(personal(attendee)))
        assert "Round 1 is closed" in page
        assert ("You voted for Kid Apricot." in page) is has_voted
        assert ("You did not vote in it." in page) is not has_voted
        assert ("Its count is being checked" in page) is (status == "disputed")

    def test_a_result_that_waits_for_the_reveal_says_so(self, client: Client, attendee: Attendee) -> None:
        round_, _entries = opened(attendee.event, vote_config={"results": "reveal"})
        assert "Figures stay hidden" not in main_of(client.get(personal(attendee)))
        stand(round_, RoundStatus.CLOSED)
        assert "Its result comes when it is revealed" in main_of(client.get(personal(attendee)))
        stand(round_, RoundStatus.REVEALED)
        assert "Its result comes when it is revealed" not in main_of(client.get(personal(attendee)))

    def test_the_second_round_follows_the_first(self, client: Client, attendee: Attendee) -> None:
        first, entries = opened(attendee.event)
        voted(first, entries[0], attendee)
        stand(first, RoundStatus.CLOSED)
        second = RoundFactory.create(event=attendee.event)
        assert page_of(client.get(personal(attendee))).scene == "closed"
        Entry.objects.create(round=second, slot=entries[2].slot)
        stand(second, RoundStatus.OPEN, opened_at=first.opened_at)
        page = page_of(client.get(personal(attendee)))
        assert page.scene == "open"
        assert list(page.ballot) == [("3", "Ada & the Lathes")]


class TestWhoLooks:
    @pytest.fixture(autouse=True)
    def _open(self, event: Event) -> None:
        opened(event)

    def test_nobody_is_told_how_to_come_in(self, client: Client, event: Event) -> None:
        response = client.get(at(event))
        page = main_of(response)
        assert page_of(response).scene == "stranger"
        assert f'href="/accounts/login/?next={at(event)}"' in page
        assert "NOISE" in page
        assert "<form" not in page

    def test_whoever_is_signed_in_may_join_here(self, client: Client, event: Event, fan: User) -> None:
        client.force_login(fan)
        assert page_of(client.get(at(event))).scene == "outside"
        response = client.post(at(event), {"join": "yes"}, follow=True)
        assert response.redirect_chain == [(at(event), 302)]
        assert page_of(response).scene == "open"
        assert Attendee.objects.get().user == fan

    def test_joining_signs_in_first(self, client: Client, event: Event) -> None:
        response = client.post(at(event), {"join": "yes"})
        assert response["Location"] == f"/accounts/login/?next={at(event)}"
        assert not Attendee.objects.exists()

    def test_without_an_invitation_joining_is_refused_in_words(self, client: Client, fan: User, event: Event) -> None:
        Event.objects.filter(pk=event.pk).update(access="hybrid")
        client.force_login(fan)
        assert "NOISE" not in main_of(client.get(at(event)))
        response = client.post(at(event), {"join": "yes"})
        assert response.status_code == 403
        assert "This event is by invitation only" in main_of(response)

    def test_the_personal_link_joins_nobody(self, client: Client, event: Event, fan: User) -> None:
        left = AttendeeFactory.create(event=event, left=True)
        client.force_login(fan)
        assert "Join this night" not in main_of(client.get(personal(left)))
        client.post(personal(left), {"join": "yes"})
        assert not Attendee.objects.filter(user=fan).exists()

    def test_an_attendee_who_is_signed_in_votes_here(self, client: Client, event: Event, fan: User) -> None:
        attendee = AttendeeFactory.create(event=event, signed_in=True, user=fan)
        client.force_login(fan)
        page = page_of(client.get(at(event)))
        assert tokens.read(page.token).attendee_id == attendee.pk

    def test_one_who_was_merged_votes_as_who_stands(self, client: Client, event: Event, fan: User) -> None:
        older = AttendeeFactory.create(event=event)
        younger = AttendeeFactory.create(event=event, signed_in=True, user=fan)
        Attendee.objects.filter(pk=younger.pk).update(status="left", merged_into=older)
        client.force_login(fan)
        for path in (at(event), personal(younger), personal(older)):
            assert tokens.read(page_of(client.get(path)).token).attendee_id == older.pk

    @pytest.mark.parametrize(("status", "words"), [("pending", "Yes, let me in"), ("left", "You left this night")])
    @pytest.mark.parametrize("way", ["link", "signed in"])
    def test_whoever_is_not_in_gets_no_ballot_to_fill_in(
        self, client: Client, event: Event, fan: User, status: str, words: str, way: str
    ) -> None:
        attendee = AttendeeFactory.create(event=event, signed_in=True, user=fan, status=status)
        client.force_login(fan)
        response = client.get(personal(attendee) if way == "link" else at(event))
        page = main_of(response)
        assert page_of(response).scene == status
        assert words in page
        assert 'type="radio"' not in page
        assert page_of(response).token == ""
        assert (confirm_link(attendee) in page) is (status == "pending")

    @pytest.mark.parametrize("hidden", [{"status": "draft"}, {"access": "private"}], ids=["draft", "private"])
    @pytest.mark.parametrize(("who", "status"), [("", 404), ("fan", 404), ("outsider", 404), ("admin_user", 200)])
    def test_drafts_and_private_events_are_nobody_elses(
        self,
        client: Client,
        event: Event,
        request: pytest.FixtureRequest,
        hidden: dict[str, str],
        who: str,
        status: int,
    ) -> None:
        Event.objects.filter(pk=event.pk).update(**hidden)
        if who:
            client.force_login(request.getfixturevalue(who))
        assert client.get(at(event)).status_code == status
        if status == 404:
            for form in ({"join": "yes"}, {"choice": "1", "token": "x"}, {}):
                assert client.post(at(event), form).status_code == 404

    def test_the_personal_link_opens_a_private_event_and_its_board(self, client: Client, event: Event) -> None:
        Event.objects.filter(pk=event.pk).update(access="private")
        watch = page_of(client.get(personal(AttendeeFactory.create(event=event)))).watch
        assert watch is not None
        assert f"/api/v1/events/{event.public_id}/leaderboard?viewing=" in watch.address

    def test_staff_see_a_private_event_and_may_join_it_by_invitation_only(
        self, client: Client, event: Event, outsider: User
    ) -> None:
        Event.objects.filter(pk=event.pk).update(access="private")
        EventStaffFactory.create(event=event, user=outsider, role="door")
        client.force_login(outsider)
        assert page_of(client.get(at(event))).scene == "outside"


class TestLooking:
    @pytest.fixture
    def path(self, request: pytest.FixtureRequest, client: Client, attendee: Attendee, fan: User) -> str:
        Attendee.objects.filter(pk=attendee.pk).update(user=fan)
        opened(attendee.event)
        if request.param == "link":
            return personal(attendee)
        client.force_login(fan)
        return at(attendee.event)

    BOTH = pytest.mark.parametrize("path", ["link", "signed in"], indirect=True)

    @BOTH
    def test_looking_changes_nothing(self, client: Client, path: str) -> None:
        before = _everything()
        for look in (client.get, client.head):
            for _time in range(2):
                assert look(path, {"join": "yes", "choice": "1"}).status_code == 200
        assert _everything() == before

    @BOTH
    @pytest.mark.parametrize("verb", ["put", "patch", "delete", "options"])
    def test_other_verbs_are_405(self, client: Client, path: str, verb: str) -> None:
        assert getattr(client, verb)(path).status_code == 405

    @BOTH
    @pytest.mark.parametrize(("language", "said"), [("en", "Vote"), ("es", "Votar"), ("fr", "Voter")])
    def test_it_speaks_the_browsers_language(
        self, client: Client, path: str, language: str, said: str, fan: User
    ) -> None:
        User.objects.filter(pk=fan.pk).update(language=language)
        page = client.get(path, headers={"Accept-Language": language}).content.decode()
        assert f'lang="{language}"' in page
        assert f"<span>{said}</span>" in page

    @pytest.mark.parametrize("items", [1, 3])
    @pytest.mark.parametrize(("path", "most"), [("link", 5), ("signed in", 7)], indirect=["path"])
    def test_as_many_queries_for_three_as_for_one(
        self,
        client: Client,
        attendee: Attendee,
        path: str,
        most: int,
        items: int,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        round_ = Round.objects.get()
        stand(round_, RoundStatus.CLOSED)
        for _number in range(items):
            line_up(attendee.event, items)
        second, entries = opened(attendee.event)
        voted(second, entries[0], attendee)
        with django_assert_num_queries(most):
            client.get(path)


def _everything() -> list[object]:
    look: list[Callable[[], object]] = [
        lambda: list(Attendee.objects.values()),
        lambda: list(Ballot.objects.values()),
        lambda: list(Round.objects.values()),
    ]
    return [each() for each in look]
