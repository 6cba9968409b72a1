"""A browser for the tests of this folder, and windows onto the site of the session.

Playwright keeps an event loop running in the main thread while a browser is open, and asyncio forbids a second one there.
So these tests run one after the other at the end of the session, and the browser ends with the last of them.
"""

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect

from config.tests.browser import chromium
from config.tests.browser.windows import PATIENCE_MS, Windows
from config.tests.live_server import LiveSite

_HERE: Final = Path(__file__).parent
_FAILED: Final = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Last, and together; among themselves in the order they had. Without a browser they are skipped."""
    items.sort(key=lambda item: _HERE in item.path.parents)
    if chromium.path() is None:
        for item in items:
            if _HERE in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Lets the fixture know how its test went."""
    report = yield
    if call.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of the folder."""
    with pytest.MonkeyPatch.context() as patch, chromium.chromium() as running:
        expect.set_options(timeout=PATIENCE_MS)
        # Playwright's loop runs in this thread, but none of our code does in it: the ORM may be used as ever.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield running


@pytest.fixture
def windows(browser: Browser, live_site: LiveSite, request: pytest.FixtureRequest) -> Iterator[Windows]:
    """Opens windows. Whatever goes wrong in one of them fails the test; a test that failed leaves pictures."""
    opened = Windows(browser, live_site)
    try:
        yield opened
        problems = opened.complaints.unexpected()
        if problems or request.node.stash.get(_FAILED, False):
            name = re.sub(r"\W+", "-", request.node.name).strip("-")
            opened.photograph(Path(settings.BASE_DIR) / "artefacts/failures" / name)
    finally:
        opened.close()
    assert problems == []
