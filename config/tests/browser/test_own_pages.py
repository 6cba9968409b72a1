"""One's own pages: from sign-in to leaving a night, and choosing what a phone is sent; with scripts and without."""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from accounts.tests.factories import PASSWORD, confirm_email
from config.tests.browser.windows import WIDTHS, Windows
from events.models import Attendee
from events.tests.factories import AttendeeFactory, EventFactory, PhoneFactory
from messaging.links import preferences_link
from messaging.models import ConsentDecision, ConsentPurpose, ConsentSource, OptOut
from messaging.services import consent
from messaging.services.senders import platform_sender

pytestmark = pytest.mark.django_db(transaction=True)
WAYS = pytest.mark.parametrize(
    ("width", "javascript"), [*((width, True) for width in WIDTHS), (360, False)], ids=["360", "768", "1440", "without"]
)


@WAYS
def test_signing_in_leads_to_my_nights_and_out_of_one(
    windows: Windows, fan: User, width: int, javascript: bool
) -> None:
    windows.complaints.expected.append("422")  # the settings that are sent back
    confirm_email(fan)
    event = EventFactory.create(live=True, title="Loud Night 42")
    mine = AttendeeFactory.create(signed_in=True, user=fan, event=event)
    page = windows.open("/me/", width=width, javascript=javascript)
    page.get_by_label("E-mail").fill(fan.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My nights")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Vote", exact=True)).to_have_attribute(
        "href", f"/events/{event.slug}/vote/"
    )
    page.get_by_role("link", name="Leave Loud Night 42").click()
    expect(page.get_by_role("heading", name="Leave this night?")).to_be_visible()
    assert Attendee.objects.get(pk=mine.pk).status == "confirmed"
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("status")).to_contain_text("You left Loud Night 42.")
    expect(page.get_by_text("You left", exact=True)).to_be_visible()
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Your name").fill("Fay")
    page.get_by_role("textbox", name="Phone").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("not a phone number")
    expect(page.get_by_label("Your name")).to_have_value("Fay")
    page.get_by_role("textbox", name="Phone").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert User.objects.get(pk=fan.pk).name == "Fay"


@WAYS
def test_a_phones_own_page_stops_and_starts_again(windows: Windows, width: int, javascript: bool) -> None:
    phone = PhoneFactory.create()
    attendee = AttendeeFactory.create(phone=phone, event__title="Loud Night 42", event__sender=platform_sender())
    consent.record(
        address=phone,
        sender=attendee.event.sender,
        decision=ConsentDecision.GRANTED,
        purpose=ConsentPurpose.EVENT,
        topic=attendee.event.topic,
        source=ConsentSource.SMS,
        now=timezone.now(),
    )
    address = urlsplit(preferences_link(phone.pk, now=timezone.now())).path
    page = windows.open(address, width=width, javascript=javascript)
    assert not OptOut.objects.exists(), "looking changes nothing"
    page.get_by_role("button", name="No more of this: Loud Night 42").click()
    expect(page.get_by_role("button", name="Send me this again: Loud Night 42")).to_be_visible()
    page.get_by_role("button", name="Stop all texts from this number").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing comes from this number.")
    assert OptOut.objects.count() == 1
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("button", name="Stop all texts from this number")).to_be_visible()
    assert not OptOut.objects.exists()
    page.get_by_role("main").get_by_role("button", name="Español").click()
    expect(page.get_by_role("main").get_by_role("button", name="Español")).to_have_attribute("aria-pressed", "true")
    phone.refresh_from_db()
    assert phone.language == "es"
