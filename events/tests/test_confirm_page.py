"""The page behind the personal link `/c/<code>/`."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from config.tests.reading import main_of
from events import journeys, links
from events.models import Attendee, AttendeeStatus
from events.tests.factories import AttendeeFactory, EventFactory, SlotFactory
from messaging.models import ConsentEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def attendee() -> Attendee:
    return AttendeeFactory.create(pending=True, event__title="Night <of> Noise")


def path(attendee: Attendee) -> str:
    return f"/c/{links.confirm_code(attendee)}/"


def test_looking_changes_nothing_and_is_nobody_elses_business(client: Client, attendee: Attendee) -> None:
    for look in (client.get, client.head):
        response = look(path(attendee))
        assert response.status_code == 200
    page = client.get(path(attendee))
    assert "Night &lt;of&gt; Noise" in page.content.decode()
    assert main_of(page).count("<form") == 1
    assert page["Referrer-Policy"] == "strict-origin"
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]
    attendee.refresh_from_db()
    assert attendee.status == AttendeeStatus.PENDING


def test_the_button_confirms_once_and_shows_the_way_on(
    client: Client, attendee: Attendee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journeys, "_vote_links", [lambda person: f"/v/{person.public_id}/"])
    for _time in range(2):
        response = client.post(path(attendee), follow=True)
        assert response.redirect_chain == [(path(attendee), 302)]
        assert "You are in" in response.content.decode()
        assert f'href="/v/{attendee.public_id}/"' in response.content.decode()
        assert "<form" not in main_of(response)
    evidence = ConsentEvent.objects.get()
    assert (evidence.source, evidence.text_version) == ("web", "join_web.1")


def test_the_ballot_is_shown_before_and_after(client: Client, attendee: Attendee) -> None:
    SlotFactory.create(event=attendee.event, artist__name="Kid Apricot", artist__slug="kid-apricot")
    SlotFactory.create(event=attendee.event, artist__name="Gone Away", invite_status="declined")
    for _time in range(2):
        page = client.get(path(attendee)).content.decode()
        assert '<a href="/artists/kid-apricot/">Kid Apricot</a>' in page
        assert "Gone Away" not in page
        client.post(path(attendee))


@pytest.mark.parametrize(("origin", "status"), [("https://fans.example", 302), ("null", 403)])
def test_the_button_works_with_what_browsers_send(
    attendee: Attendee, settings: Settings, origin: str, status: int
) -> None:
    """Under Referrer-Policy strict-origin they send the site's own origin; under no-referrer they would send null."""
    settings.ALLOWED_HOSTS = ["fans.example"]
    browser = Client(enforce_csrf_checks=True, headers={"host": "fans.example"})
    token = re.findall(
        r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get(path(attendee), secure=True).content.decode()
    )
    response = browser.post(path(attendee), {"csrfmiddlewaretoken": token[0]}, secure=True, headers={"origin": origin})
    assert response.status_code == status


def test_the_button_needs_its_csrf_token(attendee: Attendee) -> None:
    assert Client(enforce_csrf_checks=True).post(path(attendee)).status_code == 403
    attendee.refresh_from_db()
    assert attendee.status == AttendeeStatus.PENDING


@pytest.mark.parametrize("verb", ["get", "post"])
def test_other_links_say_so(client: Client, attendee: Attendee, verb: str) -> None:
    for code in ("nonsense", "%00", "é", "A" * 400):
        response = getattr(client, verb)(f"/c/{code}/")
        assert response.status_code == 403
        assert "This link does not work" in response.content.decode()
    with time_machine.travel(attendee.event.ends_at + timedelta(days=2)):
        assert getattr(client, verb)(path(attendee)).status_code == 410


def test_whoever_left_is_told_how_to_come_back(client: Client) -> None:
    attendee = AttendeeFactory.create(left=True)
    page = client.get(path(attendee))
    assert "You left this night" in page.content.decode()
    assert "<form" not in main_of(page)
    assert client.post(path(attendee)).status_code == 409
    attendee.refresh_from_db()
    assert attendee.status == AttendeeStatus.LEFT


def test_what_is_over_cannot_be_joined(client: Client) -> None:
    attendee = AttendeeFactory.create(pending=True, event=EventFactory.create(cancelled=True))
    page = client.get(path(attendee))
    assert "Called off" in page.content.decode()
    assert "<form" not in main_of(page)
    response = client.post(path(attendee))
    assert response.status_code == 409
    assert "Nobody can join this event" in response.content.decode()


def test_a_merged_attendees_page_is_the_others(client: Client, attendee: Attendee) -> None:
    other = AttendeeFactory.create(event=attendee.event)
    Attendee.objects.filter(pk=attendee.pk).update(status="left", merged_into=other)
    assert "You are in" in client.get(path(attendee)).content.decode()


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    client: Client, attendee: Attendee, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SlotFactory.create_batch(items, event=attendee.event)
    with django_assert_num_queries(2):
        client.get(path(attendee))


def test_the_code_is_in_no_log_line(client: Client, attendee: Attendee, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        client.get(path(attendee))
        client.post(path(attendee))
    assert "event-pages:confirm" in caplog.text
    assert links.confirm_code(attendee) not in caplog.text


def test_other_verbs_are_405(client: Client, attendee: Attendee) -> None:
    assert client.put(path(attendee)).status_code == 405
