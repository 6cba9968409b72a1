"""Phones that vote while the board is open, and mails that are opened: as whoever tries Fanfare does it."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from config.tests.browser.windows import Windows
from config.tests.live_server import LiveSite
from events.tests.factories import EventFactory, SenderFactory
from messaging.content import Content
from messaging.models import Channel, Message, MessageState
from messaging.tests.factories import MailboxFactory, MessageFactory
from voting.models import Ballot
from voting.tests.factories import opened

pytestmark = pytest.mark.django_db(transaction=True)
HTML = "<h1>Tonight</h1><a href='{site}/events/loud/'>See who plays</a>"


@pytest.fixture
def site(start_site: Callable[..., LiveSite]) -> LiveSite:
    """A site as `make run` starts one, with a live night and an open round."""
    night = EventFactory.create(
        live=True, slug="loud", join_keyword="DEMO", sender=SenderFactory.create(platform=True), access="public"
    )
    opened(night, artists=3)
    return start_site(workers=1, DEBUG="1")


def votes(phone: Locator, number: str) -> None:
    """Somebody joins by two taps, and types whom they vote for."""
    bubbles = phone.locator(".bubble")
    for tap, replies in (("JOIN DEMO", 2), ("YES", 4)):
        phone.get_by_role("button", name=tap).click()
        expect(bubbles).to_have_count(replies)
    phone.get_by_role("textbox").fill(number)
    phone.get_by_role("textbox").press("Enter")
    expect(bubbles).to_have_count(6)


def opened_by(link: Locator, page: Page) -> Page:
    """The window that a link in a frame opens. Chromium drops clicks into a frame that it has not painted yet."""
    for patience in (2_000, 5_000, 10_000):
        with suppress(TooLate):
            with page.context.expect_page(timeout=patience) as opening:
                link.click()
            return opening.value
    pytest.fail("the link opened no window")


def test_three_phones_vote_while_the_board_is_open(windows: Windows, site: LiveSite) -> None:
    board = windows.open("/events/loud/live/", width=1440, site=site)
    desk = windows.open("/dev/phone/", width=1440, site=site)
    phones = desk.locator(".phone")
    expect(phones).to_have_count(3)
    before = [phones.nth(place).bounding_box() for place in range(3)]
    for place, number in enumerate(("2", "2", "3")):
        votes(phones.nth(place), number)
        expect(phones.nth(place).get_by_role("textbox")).to_have_value("")
        expect(board.locator(".leaderboard-row .votes").first).to_have_text(re.compile(str(min(place + 1, 2))))
    assert Ballot.objects.filter(state="accepted").count() == 3
    assert [phones.nth(place).bounding_box() for place in range(3)] == before

    # what the outbox sends later arrives without a reload, and so does what became of it
    first = phones.first.locator(".bubble").last
    phone = Ballot.objects.select_related("attendee__phone").order_by("pk")[0].attendee
    assert phone is not None
    results = MessageFactory.create(address=phone.phone, sender=SenderFactory.create(platform=True), text="The results")
    expect(first).to_contain_text("The results")
    expect(first).to_have_class(re.compile("is-coming"))
    Message.objects.filter(pk=results.pk).update(state=MessageState.DELIVERED)
    expect(first).to_contain_text("Delivered · 1 segment")
    assert [phones.nth(place).bounding_box() for place in range(3)] == before


def test_without_javascript_phones_text_and_mails_open(windows: Windows, site: LiveSite) -> None:
    desk = windows.open("/dev/phone/", javascript=False, site=site)
    votes(desk.locator(".phone").nth(1), "1")
    assert Ballot.objects.get().state == "accepted"
    assert re.search(r"#phone-\d+$", desk.url)
    desk.get_by_label("Another phone").fill("+44 7700 900177")
    desk.get_by_role("button", name="Add").click()
    expect(desk.locator(".phone")).to_have_count(4)
    desk.get_by_role("link", name=re.compile("900177 away")).click()
    expect(desk.locator(".phone")).to_have_count(3)

    content = Content("Plain", "Your night", HTML.format(site=site.url), {"From": "us@x.test"}).columns(sealed=True)
    given = {"channel": Channel.EMAIL, "provider": "local_mailbox", "state": MessageState.SENT, "sealed": True}
    MessageFactory.create(address=MailboxFactory.create(), sender=None, **content, **given)
    mail = windows.open("/dev/mail/", javascript=False, site=site)
    mail.get_by_role("link", name="Your night").click()
    mail.wait_for_load_state()
    event = opened_by(mail.frame_locator("iframe").get_by_role("link", name="See who plays"), mail)
    event.wait_for_url("**/events/loud/")
