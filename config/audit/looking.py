"""Opens page after page as the visitor it is for."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright import sync_api
from playwright.sync_api import Browser, BrowserContext

from config.audit.addresses import NothingThere
from config.audit.pages import Kind, Page, Visitor
from config.audit.site import Demo
from config.tests.browser.chromium import Complaints

_NOT_FOR_THIS_VISITOR = 403


@dataclass(frozen=True)
class Sight:
    """An opened page. `html` is what the server sent."""

    page: Page
    url: str
    html: str
    tab: sync_api.Page
    complaints: Complaints


@dataclass(frozen=True)
class Target:
    """A page with its whole address."""

    page: Page
    url: str


def targets(demo: Demo, pages: Iterable[Page]) -> list[Target]:
    """Those of which the demo has a sample. Asked before a browser runs: its loop keeps the database away."""
    found = []
    for page in pages:
        try:
            found.append(Target(page, demo.url(page)))
        except NothingThere:
            continue
    return found


def sights(demo: Demo, browser: Browser, wanted: Iterable[Target]) -> Iterator[Sight]:
    """Each page, opened; it is closed before the next. Pages of the console that refuse the visitor are passed over."""
    for target in wanted:
        with context(demo, browser, target.page.visitor) as visit:
            tab, complaints = visit.new_page(), Complaints(expected=[target.url] if target.page.is_stale else [])
            complaints.listen(tab)
            response = tab.goto(target.url, wait_until="load")
            assert response is not None
            if target.page.kind is Kind.CONSOLE and response.status == _NOT_FOR_THIS_VISITOR:
                continue
            if tab.url != target.url:
                complaints.heard.append(f"sends on to {tab.url}")
            yield Sight(target.page, target.url, response.text(), tab, complaints)


@contextmanager
def context(demo: Demo, browser: Browser, visitor: Visitor) -> Iterator[BrowserContext]:
    """A browser window of its own, signed in as the visitor."""
    visit = browser.new_context(locale="en-GB", reduced_motion="reduce")
    for name, value in demo.cookies(visitor).items():
        visit.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}])
    yield visit
    visit.close()
