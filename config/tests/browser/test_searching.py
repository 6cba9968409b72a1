"""Looking for a night: the list follows what is typed, the address and the browser's history follow the list."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from artists.tests.factories import ArtistFactory
from config.tests.browser.windows import WIDTHS, Windows
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db(transaction=True)
NIGHTS = 25


@pytest.fixture(autouse=True)
def nights(transactional_db: None) -> None:
    """More than fit on one page; the last is unlike the others."""
    now = timezone.now()
    for number in range(NIGHTS):
        EventFactory.create(published=True, title=f"Loud Night {number}", starts_at=now + timedelta(days=1 + number))
    EventFactory.create(published=True, title="Quiet Night", starts_at=now + timedelta(days=60))


def said(page: Page, words: str) -> None:
    """Shown over the list, and said to whoever does not see it."""
    expect(page.locator("#found-words")).to_have_text(words)
    expect(page.get_by_role("status")).to_have_text(words)


def query(page: Page, pattern: str) -> None:
    expect(page).to_have_url(re.compile(rf"/events/{pattern}$"))


def test_the_list_follows_what_is_typed_and_back_leads_out(windows: Windows) -> None:
    page = windows.open("/")
    page.get_by_role("banner").get_by_role("link", name="Events").click()
    box = page.get_by_role("searchbox")
    box.press_sequentially("quiet", delay=20)
    said(page, "1 night, soonest first")
    query(page, r"\?q=quiet")
    expect(box).to_be_focused()
    expect(box).to_have_value("quiet")
    page.go_back()
    expect(page).to_have_url(re.compile(r"[0-9]/$"))


def test_history_restores_filters_and_pages(windows: Windows) -> None:
    page = windows.open("/events/")
    status = page.get_by_label("Which nights")
    status.select_option("Called off")
    said(page, "No night found")
    query(page, r"\?status=cancelled")
    page.get_by_role("link", name="Any day").click()
    status.select_option("Coming up")
    said(page, "26 nights, soonest first")
    page.get_by_role("link", name="Next nights").click()
    query(page, r"\?cursor=.+")
    expect(page.locator("#found-words")).to_be_focused()
    expect(page.locator("#found-words")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Quiet Night")).to_be_attached()
    page.go_back()
    query(page, "")
    expect(status).to_have_value("")
    expect(page.get_by_role("link", name="Loud Night 0", exact=True)).to_be_attached()
    page.go_back()
    query(page, r"\?status=cancelled")
    expect(status).to_have_value("cancelled")
    expect(page.locator("#found-words")).to_have_text("No night found")
    page.go_forward()
    query(page, "")
    expect(status).to_have_value("")


def test_the_keyboard_stays_where_it_was(windows: Windows) -> None:
    page = windows.open("/events/", width=1440)
    chip = page.get_by_role("link", name="Next 7 days")
    chip.focus()
    page.keyboard.press("Enter")
    said(page, "6 nights, soonest first")
    expect(chip).to_be_focused()
    expect(chip).to_have_attribute("aria-current", "true")
    assert page.get_by_label("First day").input_value() < page.get_by_label("Last day").input_value()


def test_another_language_shows_the_same_list(windows: Windows) -> None:
    page = windows.open("/events/")
    page.get_by_role("searchbox").fill("quiet")
    said(page, "1 night, soonest first")
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    query(page, r"\?q=quiet")
    expect(page.get_by_role("searchbox")).to_have_value("quiet")


def test_a_fault_is_said_next_to_its_field(windows: Windows) -> None:
    page = windows.open("/events/", width=1440)
    page.get_by_label("First day").fill("2030-05-02")
    page.get_by_label("Last day").fill("2030-05-01")
    page.get_by_label("Last day").press("Enter")
    expect(page.locator(".when .error")).to_have_text("Choose a day that is not before the first.")
    expect(page.get_by_label("Last day")).to_have_value("2030-05-01")
    expect(page.get_by_label("Last day")).to_be_focused()


def test_what_is_chosen_while_an_answer_is_under_way_is_kept(windows: Windows) -> None:
    page = windows.open("/events/?status=cancelled")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/events/?*q=loud*", hold_the_first)
    status = page.get_by_label("Which nights")
    with page.expect_request("**/events/?*q=loud*"):
        page.get_by_role("searchbox").fill("loud")
    status.select_option("Coming up")
    held[0].continue_()
    said(page, "25 nights, soonest first")
    expect(status).to_have_value("")


def test_without_an_answer_the_browser_goes_there_itself(windows: Windows) -> None:
    page = windows.open("/events/")

    def lose(route: Route) -> None:
        if route.request.headers.get("hx-request"):
            route.abort()
        else:
            route.continue_()

    windows.complaints.expected += ["htmx:", "net::ERR_FAILED"]
    page.route("**/events/?*", lose)
    page.get_by_role("searchbox").fill("quiet")
    expect(page.locator("#found-words")).to_have_text("1 night, soonest first")
    expect(page.get_by_role("searchbox")).to_have_value("quiet")


@pytest.mark.parametrize("width", WIDTHS)
def test_it_works_the_same_without_javascript(windows: Windows, width: int) -> None:
    page = windows.open("/events/", javascript=False, width=width)
    page.get_by_role("searchbox").fill("loud")
    page.get_by_role("button", name="Show nights").click()
    expect(page.locator("#found-words")).to_have_text("25 nights, soonest first")
    page.get_by_role("link", name="Next nights").click()
    expect(page.get_by_role("searchbox")).to_have_value("loud")
    expect(page.get_by_role("link", name="Loud Night 24")).to_be_attached()
    page.get_by_role("link", name="Next 7 days").click()
    expect(page.locator("#found-words")).to_have_text("6 nights, soonest first")


def test_artists_are_found_the_same_way(windows: Windows) -> None:
    ArtistFactory.create(name="Kid Apricot", home="Hull")
    ArtistFactory.create_batch(2)
    page = windows.open("/artists/")
    page.get_by_label("Home town").press_sequentially("hull", delay=20)
    said(page, "1 artist")
    expect(page).to_have_url(re.compile(r"/artists/\?home=hull$"))
    page.get_by_role("link", name="Kid Apricot").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kid Apricot")
    page.go_back()
    expect(page.get_by_label("Home town")).to_have_value("hull")
    expect(page.locator("#found-words")).to_have_text("1 artist")
