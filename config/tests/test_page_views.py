"""Pages tell the analytics what is looked at."""

import pytest
from django.test import Client

from accounts.analytics import notes
from events.models import Event
from events.tests.factories import EventFactory

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


@pytest.fixture(autouse=True)
def _nothing_noted() -> None:
    notes.take(len(notes))


def test_a_page_says_what_was_looked_at(client: Client, db: None) -> None:
    event = EventFactory.create(live=True)

    client.get(f"/events/{event.slug}/?via=whatsapp", headers={"User-Agent": BROWSER})

    view, share = notes.take()
    assert (view.kind, view.entity, view.data) == ("page_view", f"event:{event.public_id}", {"page": "event"})
    assert (share.kind, share.data) == ("share", {"page": "event", "via": "whatsapp"})
    assert view.visitor == share.visitor != ""


@pytest.mark.parametrize("path", ["/", "/events/", "/artists/", "/events/{}/", "/events/{}/live/", "/events/{}/vote/"])
def test_every_public_page_is_noted_once(client: Client, db: None, path: str) -> None:
    event: Event = EventFactory.create(live=True)

    client.get(path.format(event.slug), headers={"User-Agent": BROWSER})

    assert [each.kind for each in notes.take()] == ["page_view"]
