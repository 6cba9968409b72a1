"""Voting on the page: each vote once, in its own round, answered after it is stored."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from config.lib.errors import Unavailable
from config.tests.reading import main_of
from events.models import Attendee, Event, EventStatus
from voting import tokens
from voting.models import Ballot, BallotState, Entry, Round, RoundStatus
from voting.tests.booths import Booth
from voting.tests.browsing import filled_in, names, page_of, personal, post
from voting.tests.factories import RoundFactory
from voting.tests.night import Night, make_night
from voting.vote import Verdict

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def night(transactional_db: None) -> Night:
    night = make_night()
    names(night, "Molten Choir", "Kid Apricot", "Ada & the Lathes")
    return night


def token_for(night: Night, attendee: int = 0, *, round_: Round | None = None, seconds: int = 600) -> str:
    expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
    voter, about = night.attendees[attendee], round_ or night.round
    return tokens.issue(attendee_id=voter.pk, round_id=about.pk, expires_at=expires_at)


def accepted(night: Night) -> list[tuple[int | None, str, str]]:
    """(attendee, channel, artist) of each ballot that is counted."""
    counted = Ballot.objects.filter(state=BallotState.ACCEPTED).order_by("attendee")
    return list(counted.values_list("attendee_id", "channel", "entry__slot__artist__name"))


class TestAVote:
    def test_it_is_stored_before_the_answer_which_leads_back_to_the_page(self, night: Night, client: Client) -> None:
        voter = night.attendees[0]
        token = page_of(client.get(personal(voter))).token
        (answer,) = post(personal(voter), filled_in(token, 2))
        assert (answer.status_code, answer["Location"]) == (302, personal(voter))
        assert accepted(night) == [(voter.pk, "web", "Kid Apricot")]
        assert night.tallied() == 1
        page = client.get(answer["Location"])
        assert page_of(page).scene == "counted"
        assert Ballot.objects.get().receipt in main_of(page)

    def test_the_answer_is_nobody_elses_either(self, night: Night) -> None:
        (answer,) = post(personal(night.attendees[0]), filled_in(token_for(night)))
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("strict-origin", "noindex")
        assert "no-store" in answer["Cache-Control"]

    def test_whoever_is_signed_in_votes_at_the_address_of_the_event(self, night: Night, fan: User) -> None:
        Attendee.objects.filter(pk=night.attendees[0].pk).update(user=fan)
        path = f"/events/{night.event.slug}/vote/"
        (answer,) = post(path, filled_in(token_for(night)), user=fan)
        assert (answer.status_code, answer["Location"]) == (302, path)
        assert accepted(night) == [(night.attendees[0].pk, "web", "Molten Choir")]

    @pytest.mark.parametrize("at_once", [False, True])
    def test_tapped_twice_it_counts_once_and_both_see_it_counted(
        self, night: Night, client: Client, at_once: bool
    ) -> None:
        form = filled_in(token_for(night), 2)
        answers = post(personal(night.attendees[0]), *[form] * 5, at_once=at_once)
        assert [answer.status_code for answer in answers] == [302] * 5
        assert night.accepted() == night.tallied() == 1
        for answer in answers:
            page = client.get(answer["Location"])
            assert page_of(page).scene == "counted"
            assert "stands" not in main_of(page)

    def test_of_two_pages_of_one_person_the_first_to_come_stands(self, night: Night, client: Client) -> None:
        first, second = filled_in(token_for(night), 2), filled_in(token_for(night), 3)
        _accepted, answer = post(personal(night.attendees[0]), first, second)
        assert urlsplit(answer["Location"]).query == "chosen=3"
        page = main_of(client.get(answer["Location"]))
        assert "Kid Apricot" in page
        assert "The one for Ada &amp; the Lathes changes nothing" in page
        assert accepted(night) == [(night.attendees[0].pk, "web", "Kid Apricot")]
        assert night.reasons() == ["DUPLICATE"]

    def test_a_vote_by_text_stands_before_one_from_the_page(
        self, night: Night, client: Client, booth: Callable[[], Booth]
    ) -> None:
        assert booth().cast(night.vote(entry=0, channel="sms")).result().verdict is Verdict.ACCEPTED
        (answer,) = post(personal(night.attendees[0]), filled_in(token_for(night), 2))
        assert "Molten Choir" in main_of(client.get(answer["Location"]))
        assert accepted(night) == [(night.attendees[0].pk, "sms", "Molten Choir")]

    def test_page_and_text_at_the_same_moment_are_one_ballot(self, night: Night, booth: Callable[[], Booth]) -> None:
        elsewhere = [booth().cast(night.vote(attendee, channel="sms")) for attendee in range(3) for _twice in range(2)]
        for attendee in range(3):
            post(personal(night.attendees[attendee]), *[filled_in(token_for(night, attendee), 2)] * 2, at_once=True)
        verdicts = [vote.result().verdict for vote in elsewhere]
        assert night.accepted() == night.tallied() == 3
        assert verdicts.count(Verdict.ACCEPTED) == [channel for _voter, channel, _artist in accepted(night)].count(
            "sms"
        )


class TestWhatIsRefused:
    def refused(self, night: Night, form: dict[str, str], *, status: int, attendee: int = 0) -> Any:
        (answer,) = post(personal(night.attendees[attendee]), form)
        assert answer.status_code == status
        return answer

    def test_a_vote_that_comes_after_the_close_counts_nowhere(self, night: Night) -> None:
        form = filled_in(token_for(night), 2)
        Round.objects.update(status=RoundStatus.CLOSED)
        answer = self.refused(night, form, status=409)
        assert page_of(answer).scene == "closed"
        assert "The round closed before your vote came" in main_of(answer)
        assert (night.accepted(), night.reasons()) == (0, ["ROUND_CLOSED"])

    def test_a_vote_for_the_first_round_never_counts_in_the_second(self, night: Night) -> None:
        """It is refused, and what was chosen is still marked: one more tap votes in the round that is open."""
        form = filled_in(token_for(night), 2)
        Round.objects.update(status=RoundStatus.CLOSED)
        second = RoundFactory.create(event=night.event)
        for entry in night.entries:
            Entry.objects.create(round=second, slot=entry.slot)
        Round.objects.filter(pk=second.pk).update(status=RoundStatus.OPEN, opened_at=datetime.now(UTC))
        answer = self.refused(night, form, status=409)
        page = main_of(answer)
        assert not Ballot.objects.filter(round=second).exists()
        assert "Another round is open: vote in it." in page
        assert re.search(r'value="2"[^>]* checked', page)
        assert tokens.read(page_of(answer).token).round_id == second.pk

    def test_an_artist_who_is_not_in_the_round_gets_nothing(self, night: Night) -> None:
        answer = self.refused(night, filled_in(token_for(night), 99), status=422)
        assert "That artist is not in this round" in main_of(answer)
        assert page_of(answer).scene == "open"
        assert (night.accepted(), night.reasons()) == (0, ["ARTIST_NOT_IN_ROUND"])

    def test_a_page_that_is_too_old_keeps_the_choice(self, night: Night) -> None:
        answer = self.refused(night, filled_in(token_for(night, seconds=-1), 2), status=403)
        assert "This page was too old to vote with" in main_of(answer)
        assert re.search(r'value="2"[^>]* checked', main_of(answer))
        assert night.accepted() == 0

    @pytest.mark.parametrize("token", ["", "x", "A" * 60, "é" * 60])
    def test_a_forged_token_keeps_the_choice_and_casts_nothing(self, night: Night, token: str) -> None:
        answer = self.refused(night, filled_in(token, 2), status=403)
        assert re.search(r'value="2"[^>]* checked', main_of(answer))
        assert not Ballot.objects.exists()

    def test_nobody_votes_with_somebody_elses_token(self, night: Night) -> None:
        self.refused(night, filled_in(token_for(night, 1)), status=403)
        assert not Ballot.objects.exists()

    def test_a_token_of_another_night_is_not_valid_here(self, night: Night) -> None:
        elsewhere = make_night()
        self.refused(night, filled_in(token_for(elsewhere)), status=403)
        assert not Ballot.objects.exists()

    @pytest.mark.parametrize("choice", ["", "nobody", "0", "-1", "99999999999999999999", "1.5"])
    def test_without_a_choice_it_says_what_is_missing(self, night: Night, choice: str) -> None:
        answer = self.refused(night, filled_in(token_for(night), choice), status=422)
        assert 'class="error"' in main_of(answer)
        assert page_of(answer).scene == "open"
        assert not Ballot.objects.exists()

    def test_whoever_left_votes_no_more(self, night: Night) -> None:
        form = filled_in(token_for(night))
        Attendee.objects.filter(pk=night.attendees[0].pk).update(status="left")
        answer = self.refused(night, form, status=403)
        assert page_of(answer).scene == "left"
        assert night.accepted() == 0

    def test_when_the_night_is_over_the_page_says_so(self, night: Night) -> None:
        form = filled_in(token_for(night))
        Event.objects.update(status=EventStatus.CLOSED)
        assert page_of(self.refused(night, form, status=409)).scene == "over"
        assert night.accepted() == 0

    @pytest.mark.parametrize("who", ["", "outsider"])
    def test_nobody_votes_for_an_event_they_did_not_join(
        self, night: Night, who: str, request: pytest.FixtureRequest
    ) -> None:
        user = request.getfixturevalue(who) if who else None
        (answer,) = post(f"/events/{night.event.slug}/vote/", filled_in(token_for(night)), user=user)
        assert answer.status_code == 403
        assert not Ballot.objects.exists()

    def test_a_link_that_does_not_work_votes_for_nobody(self, night: Night) -> None:
        (answer,) = post("/v/nonsense/", filled_in(token_for(night)))
        assert answer.status_code == 403
        assert "This link does not work" in main_of(answer)
        assert not Ballot.objects.exists()


class TestWhenTheBoxDoesNotAnswer:
    @pytest.fixture(params=["box", "papers", "who it is"])
    def away(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """The database goes away at one of the moments when a vote needs it."""

        async def unavailable(*_arguments: object) -> None:
            raise Unavailable(retry_after=1)

        def gone(*_arguments: object, **_named: object) -> None:
            raise OperationalError("connection refused")

        match request.param:
            case "box":
                monkeypatch.setattr("voting.ballot_box.BallotBox.cast", unavailable)
            case "papers":
                monkeypatch.setattr("voting.ballot_papers.BallotPapers.of", unavailable)
            case _:
                monkeypatch.setattr("voting.views.visitor_by_link", gone)

    @pytest.mark.usefixtures("away")
    def test_choice_and_token_are_kept_in_a_form_that_sends_them_again(
        self, night: Night, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        form, path = filled_in(token_for(night), 2), personal(night.attendees[0])
        (answer,) = post(path, form)
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0
        page = main_of(answer)
        assert "Your choice, number 2, is kept" in page
        assert f'action="{path}"' in page
        kept = dict(re.findall(r'type="hidden" name="(token|choice)" value="([^"]*)"', page))
        assert kept == form
        monkeypatch.undo()
        (again,) = post(path, kept)
        assert again.status_code == 302
        assert night.accepted() == 1

    def test_so_they_are_for_whoever_is_signed_in(
        self, night: Night, fan: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(*_arguments: object) -> None:
            raise OperationalError("connection refused")

        Attendee.objects.filter(pk=night.attendees[0].pk).update(user=fan)
        monkeypatch.setattr("accounts.middleware._user_of", gone)
        (answer,) = post(f"/events/{night.event.slug}/vote/", filled_in(token_for(night), 2), user=fan)
        assert answer.status_code == 503
        assert "Your choice, number 2, is kept" in main_of(answer)


class TestForgedRequests:
    @pytest.mark.parametrize(("origin", "status"), [("https://fans.example", 422), ("null", 403), (None, 403)])
    def test_a_post_needs_the_csrf_token_and_our_origin(
        self, night: Night, settings: Settings, origin: str | None, status: int
    ) -> None:
        """Under Referrer-Policy strict-origin browsers send the site's own origin. (The choice is left out: nothing is cast.)"""
        settings.ALLOWED_HOSTS = ["fans.example"]
        browser = Client(enforce_csrf_checks=True, headers={"host": "fans.example"})
        path = personal(night.attendees[0])
        found = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', main_of(browser.get(path, secure=True)))
        headers = {"origin": origin} if origin else {}
        answer = browser.post(path, {"csrfmiddlewaretoken": found[0]}, secure=True, headers=headers)
        assert answer.status_code == status

    def test_a_post_without_it_is_refused(self, night: Night) -> None:
        browser = Client(enforce_csrf_checks=True)
        assert browser.post(personal(night.attendees[0]), filled_in(token_for(night))).status_code == 403
        assert not Ballot.objects.exists()
