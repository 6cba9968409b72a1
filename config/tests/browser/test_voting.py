"""A fan votes: by the personal link, and from a text on the local phone on to the standings that move."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from config.tests.browser.elsewhere import cast
from config.tests.browser.windows import WIDTHS, Windows
from config.tests.live_server import LiveSite
from events.models import Attendee, Event
from events.tests.factories import EventFactory
from voting.links import vote_code
from voting.tests.factories import opened
from voting.tests.night import Night, make_night

pytestmark = pytest.mark.django_db(transaction=True)

# How far things have been pushed around so far without a tap, and which: https://web.dev/articles/cls
_SHIFTS = """new Promise(done => {
    const told = list => list.getEntries().map(({value, sources}) =>
        [value, sources.map(({node}) => node?.className ?? node?.textContent).join()])
    new PerformanceObserver(list => done(told(list))).observe({type: 'layout-shift', buffered: true})
    setTimeout(done, 300, [])
})"""


def choose(page: Page, night: Night, entry: int) -> str:
    """Marks an artist of the ballot; returns the name."""
    name = night.entries[entry].slot.artist.name
    page.get_by_role("radio", name=re.compile(re.escape(name))).check()
    return name


@pytest.mark.parametrize(
    ("width", "javascript"), [*((width, True) for width in WIDTHS), (360, False)], ids=["360", "768", "1440", "without"]
)
def test_a_personal_link_votes_once_and_gives_a_receipt(windows: Windows, width: int, javascript: bool) -> None:
    night = make_night(attendees=1, artists=3)
    page = windows.open(f"/v/{vote_code(night.attendees[0])}/", width=width, javascript=javascript)
    assert night.accepted() == 0, "looking changes nothing"
    chosen = choose(page, night, 1)
    page.get_by_role("button", name=f"Vote {chosen}" if javascript else "Vote").click()
    expect(page.get_by_role("heading", name=re.compile("counted"))).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(chosen)
    assert (night.accepted(), night.tallied()) == (1, 1)
    page.locator(".receipt").get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("counted", re.IGNORECASE))
    expect(page.get_by_role("main")).not_to_contain_text(chosen)


def test_the_keyboard_alone_is_enough_to_vote(windows: Windows) -> None:
    night = make_night(attendees=1, artists=3)
    page = windows.open(f"/v/{vote_code(night.attendees[0])}/")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=f"Vote {night.entries[1].slot.artist.name}")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("counted"))).to_be_visible()


def test_standings_move_without_shifting_the_page(windows: Windows) -> None:
    night = make_night(attendees=30, artists=4)
    cast([night.vote(0, 0)])
    page = windows.open(f"/events/{night.event.slug}/live/")
    leader = page.locator(".leaderboard-row").first
    expect(leader).to_contain_text(night.entries[0].slot.artist.name)
    for fan in range(1, 30):
        cast([night.vote(fan, 2 if fan % 3 else 1)])
    expect(page.locator(".total")).to_have_text("30")
    expect(leader).to_contain_text(night.entries[2].slot.artist.name)
    assert page.evaluate(_SHIFTS) == []


def test_without_scripts_the_standings_are_there_and_a_link_looks_again(windows: Windows) -> None:
    night = make_night(attendees=2, artists=2)
    page = windows.open(f"/events/{night.event.slug}/live/", javascript=False)
    cast([night.vote(0, 1), night.vote(1, 1)])
    page.get_by_role("link", name="Look again").click()
    expect(page.locator(".total")).to_have_text("2")
    expect(page.locator(".leaderboard-row").first).to_contain_text(night.entries[1].slot.artist.name)


@pytest.fixture
def keyword_night(transactional_db: None) -> Event:
    event = EventFactory.create(live=True, title="Loud Night 42", slug="loud-night-42", join_keyword="LOUD")
    opened(event, artists=3)
    return event


def say(page: Page, words: str, *, answer: str) -> None:
    """Types a text into the phone and waits for what comes back."""
    phone = page.locator(".phone")
    phone.get_by_role("textbox").fill(words)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("log").last).to_contain_text(answer)


def test_from_a_text_on_the_local_phone_to_the_standings(
    windows: Windows, start_site: Callable[..., LiveSite], keyword_night: Event
) -> None:
    site = start_site(workers=1, DEBUG="1")
    for javascript in (True, False):
        page = windows.open("/dev/phone/?phone=%2B1415555010" + str(int(javascript)), javascript=javascript, site=site)
        say(page, "JOIN LOUD", answer="reply YES")
        say(page, "YES", answer="/v/")
        page.locator(".phone a[href*='/v/']").last.click()
        page.get_by_role("radio").first.check(force=True)
        page.get_by_role("button", name=re.compile("^Vote")).click()
        expect(page.get_by_role("heading", name=re.compile("counted"))).to_be_visible()
        page.locator(".vote-foot").get_by_role("link").click()
        expect(page.locator(".total")).to_have_text("1" if javascript else "2")
    assert Attendee.objects.confirmed().filter(confirmed_at__lte=timezone.now()).count() == 2
