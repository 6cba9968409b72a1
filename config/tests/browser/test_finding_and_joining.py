"""From the first page to being part of a night: with an account, and by text."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from config.tests.browser.windows import WIDTHS, Windows
from config.tests.live_server import eventually
from events.models import Attendee, Event
from events.tests.factories import EventFactory
from messaging.content import content_of
from messaging.models import Channel, Message
from messaging.tests.factories import PLATFORM_NUMBER
from messaging.tests.texting import new_sid, signature

pytestmark = pytest.mark.django_db(transaction=True)
EMAIL, PASSWORD, PHONE = "fay@example.test", "three-loud-chords", "+14155550123"


@pytest.fixture
def night(transactional_db: None) -> Event:
    """Tonight, and open to everybody."""
    return EventFactory.create(
        live=True,
        title="Loud Night 42",
        slug="loud-night-42",
        join_keyword="LOUD",
        ends_at=timezone.now() + timedelta(hours=4),
    )


def link_in(text: str, part: str) -> str:
    """The path of the link with `part` in it."""
    found = re.search(rf"https?://\S*{part}\S*", text)
    assert found, text
    return urlsplit(found[0]).path


def mailed_to(address: str) -> str:
    """The words of the newest mail to this address."""
    mails = Message.objects.filter(channel=Channel.EMAIL, address__value=address).order_by("-pk")
    eventually(mails.exists, what="the mail")
    return content_of(mails[0]).text


def text(windows: Windows, words: str) -> str:
    """What the platform answers to a text from the fan's phone."""
    fields = {"MessageSid": new_sid(), "From": PHONE, "To": PLATFORM_NUMBER, "Body": words}
    url = f"{windows.site.url}/sms/join"
    answer = httpx.post(url, data=fields, headers={"X-Twilio-Signature": signature(url, fields)}, timeout=20)
    assert answer.status_code == 200
    return answer.text


def find_the_night(page: Page) -> None:
    """From the first page, by way of the list."""
    page.get_by_role("banner").get_by_role("link", name="Events").click()
    page.get_by_label("Town, venue or artist").or_(page.get_by_role("searchbox")).first.fill("loud night")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Loud Night 42")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Loud Night 42")


@pytest.mark.parametrize(
    ("width", "javascript"), [*((width, True) for width in WIDTHS), (360, False)], ids=["360", "768", "1440", "without"]
)
def test_a_new_fan_signs_up_and_joins(windows: Windows, night: Event, width: int, javascript: bool) -> None:
    page = windows.open(width=width, javascript=javascript)
    find_the_night(page)
    page.get_by_role("button", name="Sign in and join").click()
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Confirm your e-mail", level=1)).to_be_visible()
    page.goto(link_in(mailed_to(EMAIL), "confirm-email"))
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign out")).to_be_attached()
    page.goto("/events/loud-night-42/")
    page.get_by_role("button", name="Join this night").click()
    expect(page.get_by_role("heading", name="You are in")).to_be_visible()
    assert Attendee.objects.confirmed().get().user == User.objects.get(email=EMAIL)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without"])
def test_a_fan_joins_by_text_and_confirms_by_the_link(windows: Windows, night: Event, javascript: bool) -> None:
    link = link_in(text(windows, "JOIN LOUD"), "/c/")
    page = windows.open(link, javascript=javascript)
    assert not Attendee.objects.confirmed().exists(), "looking changes nothing"
    page.get_by_role("button", name="Yes, I am in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are in")
    assert Attendee.objects.confirmed().get().phone.value == PHONE  # type: ignore[union-attr]  # joined by text


def test_the_keyboard_alone_is_enough_to_join(windows: Windows, night: Event, fan: User) -> None:
    page = windows.open("/events/loud-night-42/", user=fan, width=1440)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    join = page.get_by_role("button", name="Join this night")
    for _step in range(10):
        page.keyboard.press("Tab")
        if join.evaluate("element => element === document.activeElement"):
            break
    expect(join).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are in")).to_be_visible()


def test_a_form_with_mistakes_says_so_and_keeps_what_was_typed(windows: Windows) -> None:
    page = windows.open("/accounts/signup/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill("short")
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("E-mail")).to_have_value(EMAIL)
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert").or_(page.locator(".form-summary")).first).to_be_visible()
