"""The screen above the stage: bars overtake, the feed dies and comes back, freeze and blank."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.tests.browser.elsewhere import cast
from config.tests.browser.windows import WIDTHS, Windows
from config.tests.live_server import LiveSite
from voting.tests.night import Night, make_night

pytestmark = pytest.mark.django_db(transaction=True)

PROJECTOR = 1920


@pytest.fixture
def night(transactional_db: None) -> Night:
    """Three votes for the first of four artists."""
    night = make_night(attendees=12, artists=4)
    cast([night.vote(fan, 0) for fan in range(3)])
    return night


def screen(windows: Windows, night: Night, *, width: int = PROJECTOR, site: LiveSite | None = None) -> Page:
    return windows.open(f"/events/{night.event.slug}/stage/", user=night.event.owner, width=width, site=site)


def shows(page: Page, night: Night, *, leader: int, total: int) -> None:
    """The picture says so, once it has come."""
    expect(page.locator(".total")).to_have_text(str(total))
    expect(page.locator(".leaderboard-row").first).to_contain_text(night.entries[leader].slot.artist.name)


@pytest.mark.parametrize("width", [*WIDTHS, PROJECTOR])
def test_an_artist_overtakes(windows: Windows, night: Night, width: int) -> None:
    page = screen(windows, night, width=width)
    shows(page, night, leader=0, total=3)
    cast([night.vote(fan, 2) for fan in range(3, 9)])
    shows(page, night, leader=2, total=9)
    widths = page.locator(".leaderboard-row .fill rect").evaluate_all("bars => bars.map(bar => bar.style.transform)")
    assert widths[:2] == ["scaleX(1)", "scaleX(0.5)"]


def test_everything_fits_on_the_screen(windows: Windows, night: Night) -> None:
    page = screen(windows, night)
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [PROJECTOR, 1080]


def test_the_last_picture_stays_when_the_site_dies_and_goes_on_when_it_is_back(
    windows: Windows, night: Night, start_site: Callable[..., LiveSite]
) -> None:
    windows.complaints.expected += ["WebSocket", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING"]
    site = start_site(workers=1)
    page = screen(windows, night, site=site)
    shows(page, night, leader=0, total=3)
    site.kill()
    expect(page.locator(".stage")).to_have_class(re.compile("is-stale"))
    expect(page.get_by_text("reconnecting").first).to_be_visible()
    shows(page, night, leader=0, total=3)
    cast([night.vote(fan, 1) for fan in range(3, 8)])
    site.start()
    # Between two attempts a screen rests for up to 22 s.
    expect(page.locator(".stage")).not_to_have_class(re.compile("is-stale"), timeout=90_000)
    shows(page, night, leader=1, total=8)


@pytest.mark.parametrize("width", [*WIDTHS, PROJECTOR])
def test_keys_freeze_and_blank_the_picture(windows: Windows, night: Night, width: int) -> None:
    page = screen(windows, night, width=width)
    shows(page, night, leader=0, total=3)
    page.keyboard.press("f")
    expect(page.get_by_text("Frozen")).to_be_visible()
    cast([night.vote(fan, 2) for fan in range(3, 9)])
    other = windows.open(f"/events/{night.event.slug}/live/")
    shows(other, night, leader=2, total=9)
    shows(page, night, leader=0, total=3)
    page.keyboard.press("b")
    expect(page.locator(".stage-blank")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".stage-blank")).to_be_hidden()
    shows(page, night, leader=2, total=9)
