"""What holds on any page: the way between languages, the pages of errors, and that the windows of these tests are watched."""

import pytest
from playwright.sync_api import expect

from config.tests.browser.windows import PATIENCE_MS, WIDTHS, Windows

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS_EVERY_MS = 50


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without"])
def test_the_language_is_switched_and_stays(windows: Windows, javascript: bool) -> None:
    page = windows.open("/events/", javascript=javascript)
    page.get_by_role("contentinfo").get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert page.url.endswith("/events/")
    page.goto("/accounts/login/")
    expect(page.locator("html")).to_have_attribute("lang", "es")


@pytest.mark.parametrize("width", WIDTHS)
def test_an_unknown_address_is_explained_and_leads_on(windows: Windows, width: int) -> None:
    windows.complaints.expected += ["404"]
    page = windows.open("/nothing/is/here/", width=width)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("banner")).to_be_visible()
    assert "/nothing/" not in page.url


@pytest.mark.parametrize("path", ["/", "/events/", "/accounts/login/", "/accounts/signup/"])
def test_no_page_is_wider_than_a_phone(windows: Windows, path: str) -> None:
    page = windows.open(path, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(
    ("doing", "heard"),
    [
        ("console.error('broken')", "broken"),
        ("setTimeout(() => { throw new Error('nobody caught me') })", "nobody caught me"),
        (
            "document.head.append(Object.assign(document.createElement('style'), {textContent: 'a {color: red}'}))",
            "Content Security Policy",
        ),
        ("fetch('/no/such/thing/')", "404"),
        ("fetch('http://127.0.0.1:9/')", "Content Security Policy"),
    ],
    ids=["console", "exception", "style", "answer", "elsewhere"],
)
def test_what_goes_wrong_in_a_window_is_heard(windows: Windows, doing: str, heard: str) -> None:
    page = windows.open()
    assert windows.complaints.unexpected() == []
    page.evaluate(f"() => {{ {doing} }}")
    for _look in range(PATIENCE_MS // LOOKS_EVERY_MS):
        if any(heard in what for what in windows.complaints.unexpected()):
            break
        page.wait_for_timeout(LOOKS_EVERY_MS)  # lets Playwright hear
    assert any(heard in what for what in windows.complaints.unexpected())
    windows.complaints.heard.clear()
