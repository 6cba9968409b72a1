"""The page of an event: who sees it, what it says, and its one form, which joins."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.lib import qr
from events import journeys
from events.models import Attendee, AttendeeSource, AttendeeStatus, Event
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory, SlotFactory, VenueFactory

pytestmark = pytest.mark.django_db
EVIL = "</script><script>alert(1)</script>"


def path(event: Event) -> str:
    return f"/events/{event.slug}/"


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def night(organizer: User) -> Event:
    """Tomorrow in Berlin, with two artists."""
    event = EventFactory.create(published=True, owner=organizer, title="Loud Night", join_keyword="LOUD")
    SlotFactory.create(event=event, artist__name="Kid Apricot")
    SlotFactory.create(event=event, artist__name="Vera & Contra")
    return event


@pytest.fixture
def browser(client: Client, request: pytest.FixtureRequest) -> Client:
    """Signed in as whom the test names, or as nobody."""
    who = request.param
    if who:
        client.force_login(request.getfixturevalue(who))
    return client


ANYBODY = pytest.mark.parametrize("browser", ["", "fan", "outsider", "organizer"], indirect=True)


@ANYBODY
def test_anybody_sees_who_plays_when_where_and_how_to_join(browser: Client, night: Event) -> None:
    page = text(browser.get(path(night)))
    assert page.count("<h1") == 1
    for words in ("Loud Night", "Kid Apricot", "Vera &amp; Contra", "LOUD", "+1 202-555-0100", night.venue.name):
        assert words in page
    assert 'href="sms:+12025550100?body=LOUD"' in page


@ANYBODY
@pytest.mark.parametrize("verb", ["put", "delete", "patch"])
def test_other_verbs_are_405(browser: Client, night: Event, verb: str) -> None:
    assert getattr(browser, verb)(path(night)).status_code == 405
    assert getattr(browser, verb)(f"{path(night)}calendar.ics").status_code == 405


@pytest.mark.parametrize("hidden", [{}, {"published": True, "access": "private"}], ids=["draft", "private"])
@pytest.mark.parametrize(
    ("browser", "status"),
    [("", 404), ("fan", 404), ("outsider", 404), ("organizer", 200), ("admin_user", 200)],
    indirect=["browser"],
)
def test_drafts_and_private_events_are_nobody_elses(
    browser: Client, status: int, hidden: dict[str, Any], organizer: User
) -> None:
    event = EventFactory.create(owner=organizer, **hidden)
    assert browser.get(path(event)).status_code == status
    assert browser.get(f"{path(event)}calendar.ics").status_code == status
    if status == 404:
        assert browser.post(path(event)).status_code == 404
        assert not Attendee.objects.exists()


def test_staff_and_attendees_see_a_private_event(client: Client, fan: User, outsider: User) -> None:
    event = EventFactory.create(published=True, access="private")
    EventStaffFactory.create(event=event, user=outsider, role="door")
    AttendeeFactory.create(event=event, signed_in=True, user=fan)
    for user in (fan, outsider):
        client.force_login(user)
        assert client.get(path(event)).status_code == 200


def test_nothing_here_is_404(client: Client) -> None:
    assert client.get("/events/no-such-night/").status_code == 404
    assert client.get("/events/no-such-night/calendar.ics").status_code == 404


def test_the_code_to_scan_writes_the_text(client: Client, night: Event) -> None:
    assert str(qr.drawn("SMSTO:+12025550100:LOUD")) in text(client.get(path(night)))
    assert str(qr.drawn("SMSTO:+12025550100:OTHER")) not in text(client.get(path(night)))


class TestJoining:
    def test_signed_in_one_tap_joins(self, client: Client, night: Event, fan: User) -> None:
        client.force_login(fan)
        assert "Join this night" in text(client.get(path(night)))
        for _time in range(2):
            response = client.post(path(night), follow=True)
            assert response.redirect_chain == [(path(night), 302)]
            assert "You are in" in text(response)
            assert "Join this night" not in text(response)
        attendee = Attendee.objects.get()
        assert (attendee.user, attendee.status, attendee.source) == (
            fan,
            AttendeeStatus.CONFIRMED,
            AttendeeSource.WEB,
        )

    def test_nobody_signs_in_first_and_comes_back(self, client: Client, night: Event) -> None:
        assert "Sign in and join" in text(client.get(path(night)))
        response = client.post(path(night))
        assert response["Location"] == f"/accounts/login/?next={path(night)}"
        assert not Attendee.objects.exists()

    def test_the_form_needs_its_csrf_token(self, night: Event, fan: User) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(fan)
        assert strict.post(path(night)).status_code == 403
        assert not Attendee.objects.exists()

    def test_looking_joins_nobody(self, client: Client, night: Event, fan: User) -> None:
        client.force_login(fan)
        client.get(path(night))
        client.head(path(night))
        assert not Attendee.objects.exists()

    def test_without_an_invitation_the_page_says_so(self, client: Client, fan: User) -> None:
        event = EventFactory.create(published=True, access="hybrid")
        client.force_login(fan)
        page = text(client.get(path(event)))
        assert "By invitation" in page
        assert event.join_keyword not in re.sub(r"<title>.*?</title>|/events/\S+", "", page)
        refused = client.post(path(event))
        assert refused.status_code == 403
        assert "This event is by invitation only" in text(refused)
        assert not Attendee.objects.exists()

    def test_one_who_was_merged_is_in_as_who_stands(self, client: Client, night: Event, fan: User) -> None:
        younger = AttendeeFactory.create(event=night, signed_in=True, user=fan)
        Attendee.objects.filter(pk=younger.pk).update(status="left", merged_into=AttendeeFactory.create(event=night))
        client.force_login(fan)
        assert "You are in" in text(client.get(path(night)))

    @pytest.mark.parametrize("state", ["closed", "archived", "cancelled"])
    def test_what_is_over_cannot_be_joined(self, client: Client, fan: User, state: str) -> None:
        event = EventFactory.create(**{state: True})
        client.force_login(fan)
        page = text(client.get(path(event)))
        assert "Nobody can join it any more" in page
        assert "calendar.ics" not in page
        assert "Bring somebody" not in page
        assert 'method="post">' not in page.partition("<main")[2].partition("</main>")[0]
        assert client.post(path(event)).status_code == 409
        assert not Attendee.objects.exists()

    @pytest.mark.parametrize(
        ("state", "told", "untold"),
        [
            ("closed", "You were part of it", "Nobody can join it any more"),
            ("archived", "You were part of it", "Nobody can join it any more"),
            ("cancelled", "This night will not happen", "You were part of it"),
        ],
    )
    def test_whoever_joined_is_told_how_it_ended(
        self, client: Client, fan: User, state: str, told: str, untold: str
    ) -> None:
        event = EventFactory.create(**{state: True})
        AttendeeFactory.create(event=event, signed_in=True, user=fan)
        client.force_login(fan)
        page = text(client.get(path(event)))
        assert told in page
        assert untold not in page
        assert "You are in" not in page

    def test_the_way_to_the_vote_is_shown_to_attendees(
        self, client: Client, fan: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(journeys, "_vote_links", [lambda person: f"/v/{person.public_id}/"])
        attendee = AttendeeFactory.create(signed_in=True, user=fan)
        assert "/v/" not in text(client.get(path(attendee.event)))
        client.force_login(fan)
        assert f'href="/v/{attendee.public_id}/"' in text(client.get(path(attendee.event)))


@pytest.mark.parametrize(
    ("state", "words"),
    [("live", "Live now"), ("closed", "Over"), ("archived", "Over"), ("cancelled", "Called off")],
)
def test_the_state_is_said(client: Client, state: str, words: str) -> None:
    event = EventFactory.create(**{state: True})
    assert f"{words}</span>" in text(client.get(path(event)))


def test_times_are_the_venues_own(client: Client) -> None:
    venue = VenueFactory.create(city="Auckland", country="NZ", timezone="Pacific/Auckland")
    event = EventFactory.create(
        published=True,
        venue=venue,
        doors_at=datetime(2027, 1, 8, 6, 30, tzinfo=UTC),
        starts_at=datetime(2027, 1, 8, 7, 0, tzinfo=UTC),
        ends_at=datetime(2027, 1, 8, 12, 0, tzinfo=UTC),
    )
    page = text(client.get(path(event)))
    assert "Friday 8 January" in page
    assert "Doors 19:30" in page
    assert '<time datetime="2027-01-08T07:00+00:00">Fri 8 Jan, 20:00</time>' in page
    assert ">Sat 9 Jan, 01:00<" in page


def test_without_doors_the_start_is_told(client: Client) -> None:
    page = text(client.get(path(EventFactory.create(published=True))))
    assert "<p>Starts " in page
    assert "<p>Doors " not in page


def test_it_can_be_kept_and_passed_on(client: Client, night: Event) -> None:
    night.title = "Loud & Night"
    night.save()
    page = text(client.get(path(night)))
    assert f'href="{path(night)}calendar.ics"' in page
    assert 'href="mailto:?subject=Loud%20%26%20Night&amp;body=http' in page
    assert 'href="sms:?body=Loud%20%26%20Night%20http' in page


def test_search_engines_are_told_the_same(client: Client, night: Event) -> None:
    night.title, night.description = f"Loud {EVIL}", EVIL
    night.save()
    page = text(client.get(path(night)))
    assert "<script>alert" not in page
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = json.loads(data)
    assert told["@type"] == "MusicEvent"
    assert told["name"] == f"Loud {EVIL}"
    assert told["eventStatus"] == "https://schema.org/EventScheduled"
    assert [artist["name"] for artist in told["performer"]] == ["Kid Apricot", "Vera & Contra"]
    assert datetime.fromisoformat(told["startDate"]) == night.starts_at.replace(second=0, microsecond=0)
    assert datetime.fromisoformat(told["startDate"]).utcoffset() in {timedelta(hours=1), timedelta(hours=2)}
    assert told["location"]["address"]["addressLocality"] == "Berlin"
    assert f'<link rel="canonical" href="{told["url"]}">' in page
    assert '<meta property="og:title" content="Loud &lt;/script&gt;' in page


def test_a_cancelled_night_is_told_as_cancelled(client: Client) -> None:
    page = text(client.get(path(EventFactory.create(cancelled=True))))
    assert '"eventStatus":"https://schema.org/EventCancelled"' in page


def test_artists_who_declined_are_not_on_the_bill(client: Client, night: Event) -> None:
    SlotFactory.create(event=night, artist__name="Gone Away", invite_status="declined")
    assert "Gone Away" not in text(client.get(path(night)))


def test_other_nights_of_the_town_hang_below(client: Client, night: Event) -> None:
    EventFactory.create(published=True, title="Same Town")
    EventFactory.create(published=True, title="Hidden Here", access="private")
    EventFactory.create(published=True, title="Elsewhere", venue__city="Lyon")
    page = text(client.get(path(night)))
    assert "More in Berlin" in page
    assert "Same Town" in page
    assert "Hidden Here" not in page
    assert "Elsewhere" not in page


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(client: Client, fan: User, items: int) -> None:
    event = EventFactory.create(published=True)
    SlotFactory.create_batch(items, event=event)
    EventFactory.create_batch(items, published=True)
    client.force_login(fan)
    client.get(path(event))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(path(event))
    assert len(queries) == 5, [query["sql"] for query in queries]  # user, event, line-up, attendee, other nights
