"""`/events/` while somebody searches: htmx is answered with the part that changes, and the browser's history stays true."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from events import discovery
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PLACES = 'data-hx-swap-oob="true"'


def asked(client: Client, address: str, **headers: str) -> HttpResponse:
    """As htmx asks."""
    return cast(HttpResponse, client.get(address, headers={**HTMX, **headers}))


def between(page: str, start: str, end: str) -> str:
    """From `start` on, up to and with `end`; with single spaces, and without cursors, which are made anew each time."""
    found = start + page.partition(start)[2].partition(end)[0] + end
    return re.sub('cursor=[^"]+', "", " ".join(found.split()))


def summary(client: Client, query: str = "") -> str:
    page = client.get(f"/events/{query}").content.decode()
    return page.partition('id="found-words" tabindex="-1">')[2].partition("<")[0]


class TestPart:
    @pytest.mark.parametrize(
        "query", ["", "?q=loud", "?q=nothing", "?first=2027-05-02&last=2027-05-01", "?status=over"]
    )
    def test_it_is_what_the_page_shows(self, client: Client, query: str) -> None:
        EventFactory.create_batch(22, published=True, title="Loud Night")
        page = client.get(f"/events/{query}").content.decode()
        part = asked(client, f"/events/{query}").content.decode()
        found, when = ('<section class="found"', "</section>"), ('<div class="when" id="when"', "</form>")
        assert between(part, *found) == between(page, *found)
        shown = between(page, *when).partition("<button")[0].strip()
        assert " ".join(part.partition("</section>")[2].split()) == shown.replace('id="when"', f'id="when" {PLACES}')
        assert "<html" not in part

    def test_caches_keep_page_and_part_apart(self, client: Client) -> None:
        for response in (client.get("/events/"), asked(client, "/events/")):
            assert "HX-Request" in response["Vary"]

    def test_htmx_going_back_gets_the_page(self, client: Client) -> None:
        response = asked(client, "/events/", **{"HX-History-Restore-Request": "true"})
        assert "<html" in response.content.decode()
        assert "HX-Push-Url" not in response

    def test_a_fault_is_said_next_to_the_field(self, client: Client) -> None:
        part = asked(client, "/events/?first=2027-05-02&last=2027-05-01").content.decode()
        field, _, below = part.partition('name="last"')[2].partition(">")
        assert 'aria-invalid="true"' in field
        assert "Choose a day that is not before the first." in below


class TestHistory:
    @pytest.mark.parametrize(
        ("headers", "header"),
        [
            ({"HX-Trigger": "filters"}, "HX-Push-Url"),
            ({}, "HX-Push-Url"),
            ({"HX-Trigger": "words"}, "HX-Replace-Url"),
            ({"HX-Current-URL": "http://testserver/events/?q=loud"}, "HX-Replace-Url"),
        ],
        ids=["sent", "by a link", "typed", "the same again"],
    )
    def test_typing_is_one_step_and_everything_else_another(
        self, client: Client, headers: dict[str, str], header: str
    ) -> None:
        response = asked(client, "/events/?q=loud&city=&status=&first=&last=", **headers)
        assert response[header] == "/events/?q=loud"
        assert ({"HX-Push-Url", "HX-Replace-Url"} - {header}).isdisjoint(response.headers)

    def test_the_address_keeps_the_page(self, client: Client) -> None:
        EventFactory.create_batch(21, published=True)
        page = client.get("/events/").content.decode()
        following = page.partition('rel="next" href="')[2].partition('"')[0]
        assert asked(client, following)["HX-Push-Url"] == following

    def test_a_cursor_nobody_gave_out_starts_again(self, client: Client) -> None:
        response = client.get("/events/?cursor=x&q=loud", headers=HTMX, follow=True)
        assert response["HX-Push-Url"] == "/events/?q=loud"


class TestNumberFound:
    @pytest.mark.parametrize(
        ("number", "words"), [(0, "No night found"), (1, "1 night, soonest first"), (3, "3 nights, soonest first")]
    )
    def test_it_is_said(self, client: Client, number: int, words: str) -> None:
        EventFactory.create_batch(number, published=True)
        assert summary(client) == words

    def test_past_nights_begin_with_the_last(self, client: Client) -> None:
        EventFactory.create_batch(2, closed=True)
        assert summary(client, "?status=over") == "2 nights, latest first"

    def test_very_many_are_not_counted(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(discovery, "_COUNTED", 2)
        EventFactory.create_batch(3, published=True)
        assert summary(client) == "More than 2 nights, soonest first"

    @pytest.mark.parametrize(("who", "number"), [("", 1), ("fan", 1), ("outsider", 1), ("organizer", 2)])
    def test_nobody_else_counts_drafts_and_private_nights(
        self, client: Client, request: pytest.FixtureRequest, organizer: User, who: str, number: int
    ) -> None:
        EventFactory.create(published=True, title="Loud")
        EventFactory.create(published=True, title="Loud and secret", access="private", owner=organizer)
        EventFactory.create(title="Loud some day", owner=organizer)
        if who:
            client.force_login(request.getfixturevalue(who))
        assert summary(client, "?q=loud").startswith(f"{number} night")


class TestDays:
    def links(self, client: Client, query: str = "") -> dict[str, tuple[str, bool]]:
        """The quick dates: label → (address, whether it is chosen)."""
        page = client.get(f"/events/{query}").content.decode()
        nav = page.partition('<nav aria-label="Days"')[2].partition("</nav>")[0]
        found = {}
        for tag in nav.split("<a ")[1:]:
            label = tag.partition(">")[2].partition("<")[0]
            found[label] = (tag.partition('href="')[2].partition('"')[0].replace("&amp;", "&"), "aria-current" in tag)
        return found

    @pytest.mark.parametrize(
        ("today", "friday"), [("2027-05-03", "2027-05-07"), ("2027-05-07", "2027-05-07"), ("2027-05-09", "2027-05-07")]
    )
    def test_they_are_links_that_keep_the_rest(self, client: Client, today: str, friday: str) -> None:
        first, weekend = date.fromisoformat(today), date.fromisoformat(friday)
        with time_machine.travel(datetime(first.year, first.month, first.day, 12, tzinfo=UTC)):
            links = self.links(client, "?q=loud&cursor=")
        assert {label: address for label, (address, _chosen) in links.items()} == {
            "Tonight": "/events/?q=loud&status=tonight",
            "This weekend": f"/events/?q=loud&first={weekend}&last={weekend + timedelta(days=2)}",
            "Next 7 days": f"/events/?q=loud&first={today}&last={first + timedelta(days=6)}",
            "Any day": "/events/?q=loud",
        }

    @pytest.mark.parametrize(
        ("query", "chosen"),
        [
            ("", ["Any day"]),
            ("?status=over", ["Any day"]),
            ("?status=tonight", ["Tonight"]),
            ("?first=2027-05-07&last=2027-05-09", ["This weekend"]),
            ("?first=2027-05-05&last=2027-05-11", ["Next 7 days"]),
            ("?first=2027-05-05", []),
        ],
    )
    @time_machine.travel(datetime(2027, 5, 5, 12, tzinfo=UTC))
    def test_the_chosen_one_is_marked(self, client: Client, query: str, chosen: list[str]) -> None:
        assert [label for label, (_address, is_chosen) in self.links(client, query).items() if is_chosen] == chosen

    @time_machine.travel(datetime(2027, 5, 5, 12, tzinfo=UTC))
    def test_each_leads_to_itself(self, client: Client) -> None:
        for label, (address, _chosen) in self.links(client).items():
            assert self.links(client, address.removeprefix("/events/"))[label] == (address, True)
