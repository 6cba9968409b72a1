"""Checking a vote by its receipt: anybody may, and learns whether it is counted, never for whom."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from config.tests.reading import main_of
from events.models import Event
from events.tests.factories import AttendeeFactory
from voting.models import Ballot
from voting.tests.factories import BallotFactory, opened

pytestmark = pytest.mark.django_db

WHEN = datetime(2026, 11, 20, 20, 4, tzinfo=UTC)


@pytest.fixture
def ballot() -> Ballot:
    round_, entries = opened(number=2)
    voter = AttendeeFactory.create(event=round_.event)
    return BallotFactory.create(
        round=round_, entry=entries[0], attendee=voter, received_at=WHEN, receipt="k7m4qd0123ab"
    )


def test_a_receipt_says_when_and_in_which_round_it_is_counted(client: Client, ballot: Ballot) -> None:
    response = client.get("/votes/k7m4qd0123ab/")
    assert response.status_code == 200
    assert "Receipt k7m4qd0123ab: this vote of Fri 20 Nov, 21:04 is counted in round 2." in main_of(response)


@pytest.mark.parametrize("state", ["superseded", "quarantined"])
def test_a_vote_that_is_not_counted_says_so(client: Client, ballot: Ballot, state: str) -> None:
    Ballot.objects.update(state=state, reason="MERGED")
    assert "this vote of Fri 20 Nov, 21:04 is not counted in round 2." in main_of(client.get("/votes/k7m4qd0123ab/"))


def test_it_is_found_however_it_was_copied(client: Client, ballot: Ballot) -> None:
    for spelling in ("K7M4QD0123AB", "k7m4qdOl23ab"):
        assert "is counted in round 2" in main_of(client.get(f"/votes/{spelling}/"))


def test_it_never_says_for_whom_by_whom_or_where(client: Client, ballot: Ballot) -> None:
    assert ballot.entry is not None
    assert ballot.attendee is not None
    assert ballot.attendee.phone is not None
    page = client.get("/votes/k7m4qd0123ab/").content.decode()
    event = Event.objects.get()
    for secret in (ballot.entry.slot.artist.name, ballot.attendee.phone.value, event.title, event.slug):
        assert secret not in page


@pytest.mark.parametrize("code", ["k7m4qd0123ac", "x", "A" * 300, "%00", "%00" * 12, "é", "<b>"])
def test_an_unknown_receipt_is_404_and_can_be_typed_again(client: Client, ballot: Ballot, code: str) -> None:
    response = client.get(f"/votes/{code}/")
    assert response.status_code == 404
    assert "We know no such receipt" in main_of(response)
    assert main_of(response).count("<form") == 1
    assert "<b>" not in main_of(response)


def test_a_receipt_is_typed_into_a_form_that_leads_to_it(client: Client, ballot: Ballot) -> None:
    assert "Check my vote" in main_of(client.get("/votes/"))
    response = client.get("/votes/", {"receipt": " K7M4QD0123AB "}, follow=True)
    assert response.redirect_chain == [("/votes/K7M4QD0123AB/", 302)]
    assert "is counted in round 2" in main_of(response)


@pytest.mark.parametrize("typed", ["", "A" * 300])
def test_what_cannot_be_a_receipt_is_said_beside_the_field(client: Client, db: None, typed: str) -> None:
    response = client.get("/votes/", {"receipt": typed})
    assert response.status_code == 200
    assert 'class="error"' in main_of(response)


@pytest.mark.parametrize("path", ["/votes/", "/votes/k7m4qd0123ab/"])
@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_other_verbs_are_405(client: Client, path: str, verb: str) -> None:
    assert getattr(client, verb)(path).status_code == 405


def test_it_is_not_for_search_engines(client: Client, ballot: Ballot) -> None:
    assert '<meta name="robots" content="noindex">' in client.get("/votes/k7m4qd0123ab/").content.decode()


def test_one_query(client: Client, ballot: Ballot, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        client.get("/votes/k7m4qd0123ab/")


@pytest.mark.parametrize("typed", ["k7m4/qd0123a", "../../admin", "..", "k7m4?"])
def test_what_can_be_no_receipt_is_told_beside_the_field(client: Client, typed: str) -> None:
    response = client.get("/votes/", {"receipt": typed})
    assert response.status_code == 200
    assert response.context["form"].errors["receipt"] == ["The 12 letters and digits in our answer to your vote."]
