"""How live nights stand, on the pages of other apps."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Event
from events.tests.factories import EventFactory
from voting.models import RoundStatus, Tally
from voting.tests.factories import opened
from voting.tests.standing import held, names, read, tells_figures

pytestmark = pytest.mark.django_db


def pages(event: Event) -> tuple[str, str]:
    return "/", f"/events/{event.slug}/"


def test_who_leads_is_told_with_the_way_to_the_board(client: Client) -> None:
    event = EventFactory.create(live=True)
    leader = names(held(event))[0]
    for page in pages(event):
        shown = read(client, page)
        assert f'<strong class="leader">{leader}</strong>' in shown
        assert "leads by 438,388" in shown
        assert f'href="/events/{event.slug}/live/"' in shown


@pytest.mark.parametrize("browser", ["", "organizer", "fan"])
@pytest.mark.parametrize(("results", "status"), [("reveal", "open"), ("reveal", "closed"), ("after_close", "open")])
def test_what_is_withheld_is_in_nobodys_bytes(
    client: Client, request: pytest.FixtureRequest, browser: str, results: str, status: str
) -> None:
    event = EventFactory.create(live=True)
    held(event, status, results=results)
    if browser:
        client.force_login(event.owner if browser == "organizer" else request.getfixturevalue(browser))
    for page in pages(event):
        assert not tells_figures(read(client, page))


def test_before_the_first_vote_nobody_leads(client: Client) -> None:
    event = EventFactory.create(live=True)
    opened(event)
    for page in pages(event):
        assert "Voting is open. Nobody leads yet." in read(client, page)


def test_a_shared_lead_names_nobody(client: Client) -> None:
    event = EventFactory.create(live=True)
    round_ = held(event)
    Tally.objects.filter(round=round_, votes__gt=100_000).update(votes=500_000)
    for page in pages(event):
        assert "2 artists share the lead." in read(client, page)


def test_what_is_not_live_has_no_strip_but_a_recap_when_it_is_over(client: Client) -> None:
    for state, leads_to in (("published", ""), ("closed", "recap"), ("archived", "recap"), ("cancelled", "")):
        event = EventFactory.create(**{state: True})
        shown = read(client, f"/events/{event.slug}/")
        assert f"/events/{event.slug}/live/" not in shown
        assert (f"/events/{event.slug}/recap/" in shown) is (leads_to == "recap")


@pytest.mark.parametrize("events", [1, 3])
def test_as_many_queries_for_three_nights_as_for_one(client: Client, events: int) -> None:
    for _event in range(events):
        held(EventFactory.create(live=True), RoundStatus.OPEN)
    read(client, "/")
    with CaptureQueriesContext(connection) as captured:
        read(client, "/")
    assert len(captured) == 3, [query["sql"] for query in captured]  # tonight, what follows, standings
