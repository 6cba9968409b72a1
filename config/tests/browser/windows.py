"""Windows of the browser onto a site, watched."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from config.tests.browser.chromium import Complaints
from config.tests.live_server import LiveSite

HEIGHTS: Final = {360: 740, 768: 1024, 1440: 900, 1920: 1080}
WIDTHS: Final = (360, 768, 1440)
PATIENCE_MS: Final = 30_000  # for what must come: machines are busy


@dataclass
class Windows:
    """Opens windows, each with cookies of its own, and hears what goes wrong in any of them.

    What a test provokes on purpose it names beforehand: `windows.complaints.expected.append("404")`.
    """

    browser: Browser
    site: LiveSite
    complaints: Complaints = field(default_factory=Complaints)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        path: str = "/",
        *,
        width: int = 360,
        javascript: bool = True,
        user: User | None = None,
        site: LiveSite | None = None,
        theme: Literal["light", "dark"] = "light",
    ) -> Page:
        """A page of `site` (the session's, unless told otherwise), in a window of this width, signed in as `user`."""
        context = self.browser.new_context(
            base_url=(site or self.site).url,
            viewport={"width": width, "height": HEIGHTS[width]},
            java_script_enabled=javascript,
            locale="en-GB",
            color_scheme=theme,
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        if user is not None:
            _sign_in(context, user)
        page = context.new_page()
        self.complaints.listen(page)
        page.goto(path)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def photograph(self, folder: Path) -> None:
        """A picture of every page that is open."""
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self._contexts for page in context.pages]
        for number, page in enumerate(pages, start=1):
            page.screenshot(path=folder / f"{number}.png", full_page=True)


def _sign_in(context: BrowserContext, user: User) -> None:
    """A session, without the way through the sign-in page."""
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "domain": "127.0.0.1", "path": "/"}])
