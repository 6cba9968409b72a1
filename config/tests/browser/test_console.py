"""An organizer makes a night in the console: creates it, puts artists on it, publishes it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from accounts.tests.factories import confirm_email
from artists.tests.factories import ArtistFactory
from config.tests.browser.windows import WIDTHS, Windows
from events.models import Event, EventStatus
from events.tests.factories import SenderFactory, VenueFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_night_is_created_lined_up_and_published(windows: Windows, organizer: User, width: int) -> None:
    confirm_email(organizer)
    SenderFactory.create(platform=True)
    VenueFactory.create(owner=organizer, name="Foundry Rooms", timezone="UTC")
    ArtistFactory.create(name="Molten Choir")
    begins = timezone.now() + timedelta(days=3)
    page = windows.open("/admin/events/event/add/", user=organizer, width=width)
    page.get_by_label("Title").fill("Loud Night 42")
    page.get_by_label("Venue").select_option(label="Foundry Rooms, Berlin")
    page.locator("#id_starts_at").fill(begins.strftime("%Y-%m-%dT20:00"))
    page.locator("#id_ends_at").fill(begins.strftime("%Y-%m-%dT23:30"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile(r"/change/$"))
    page.locator("#id_lineup-2-0-artist").select_option(label="Molten Choir")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#id_lineup-0-position")).to_be_visible()
    event = Event.objects.get()
    assert [slot.artist.name for slot in event.lineup.all()] == ["Molten Choir"]
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    event.refresh_from_db()
    assert event.status == EventStatus.PUBLISHED
    page.goto(f"/events/{event.slug}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Loud Night 42")
