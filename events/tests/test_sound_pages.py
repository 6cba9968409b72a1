"""Every page of events is sound HTML in every language, and needs no script and no style of its own inside."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from artists.tests.factories import ArtistFactory
from config.tests.test_components import Structure
from events import links
from events.models import Event
from events.tests.factories import AttendeeFactory, EventFactory, SlotFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(organizer: User) -> Event:
    """A live night between others, so that every part of every page is there."""
    EventFactory.create_batch(3, published=True)
    event = EventFactory.create(live=True, owner=organizer, description="One.\n\nTwo & <three>.")
    SlotFactory.create_batch(2, event=event)
    return event


PAGES: dict[str, Callable[[Event], str]] = {
    "home": lambda _event: "/",
    "events": lambda _event: "/events/",
    "events with faults": lambda _event: "/events/?first=x&last=y&q=nothing",
    "event": lambda event: f"/events/{event.slug}/",
    "artists": lambda _event: "/artists/",
    "artists with faults": lambda _event: "/artists/?q=nobody&home=" + "x" * 101,
    "artist": lambda event: f"/artists/{event.lineup.get(ballot_number=1).artist.slug}/",
    "artist without nights": lambda _event: f"/artists/{ArtistFactory.create(genres=[], home='').slug}/",
    "cancelled": lambda _event: f"/events/{EventFactory.create(cancelled=True).slug}/",
    "by invitation": lambda _event: f"/events/{EventFactory.create(published=True, access='hybrid').slug}/",
    "bare": lambda _event: f"/events/{EventFactory.create(published=True, join_keyword='', sender=None).slug}/",
    "confirm": lambda event: f"/c/{links.confirm_code(AttendeeFactory.create(event=event, pending=True))}/",
    "confirmed": lambda event: f"/c/{links.confirm_code(AttendeeFactory.create(event=event))}/",
    "left": lambda event: f"/c/{links.confirm_code(AttendeeFactory.create(event=event, left=True))}/",
    "wrong code": lambda _event: "/c/wrong/",
}


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("signed_in", [False, True], ids=["anonymous", "fan"])
def test_it_is_sound(client: Client, night: Event, fan: User, name: str, language: str, signed_in: bool) -> None:
    if signed_in:
        User.objects.filter(pk=fan.pk).update(language=language)
        client.force_login(fan)
    response = client.get(PAGES[name](night), headers={"accept-language": language})
    page = response.content.decode()
    structure = Structure()
    structure.feed(page)
    assert structure.faults == []
    assert structure.open == []
    assert sorted(structure.ids) == sorted(set(structure.ids))
    assert structure.references - set(structure.ids) == set()
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1
    assert page.count('class="button button-action') <= 1
    scripts = re.findall(r"<script[^>]*>", page)
    assert [tag for tag in scripts if "application/ld+json" not in tag and 'src="/static/' not in tag] == []
    assert "<style" not in page
    assert not re.search(r"\son\w+=", page)
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
