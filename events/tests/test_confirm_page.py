"""The page behind the personal link `/c/<code>/`."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from events import journeys, links
from events.models import Attendee, AttendeeStatus
from events.tests.factories import AttendeeFactory, EventFactory
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
    assert page.content.count(b"<form") == 1
    assert page["Referrer-Policy"] == "no-referrer"
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
        assert b"<form" not in response.content
    evidence = ConsentEvent.objects.get()
    assert (evidence.source, evidence.text_version) == ("web", "join_web.1")


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


def test_what_is_over_cannot_be_joined(client: Client) -> None:
    attendee = AttendeeFactory.create(pending=True, event=EventFactory.create(cancelled=True))
    response = client.post(path(attendee))
    assert response.status_code == 409
    assert "Nobody can join this event" in response.content.decode()


def test_a_merged_attendees_page_is_the_others(client: Client, attendee: Attendee) -> None:
    other = AttendeeFactory.create(event=attendee.event)
    Attendee.objects.filter(pk=attendee.pk).update(status="left", merged_into=other)
    assert "You are in" in client.get(path(attendee)).content.decode()


def test_other_verbs_are_405(client: Client, attendee: Attendee) -> None:
    assert client.put(path(attendee)).status_code == 405
