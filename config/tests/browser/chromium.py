"""The system's Chromium, driven by Playwright, and what a page may not do while it is looked at."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

MISSING: Final = "no chromium on the PATH; on Debian and Ubuntu: apt install chromium"
# The browser itself gave a request up, because the page was left; or policy forbade it, which stands in the console as well
# (but for scripts in a window without scripts: so does Chromium switch them off).
_HARMLESS: Final = {"net::ERR_ABORTED", "csp"}


def path() -> str | None:
    """Where Chromium is, None when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def flags() -> list[str]:
    """What it must be started with: its sandbox refuses to be used by root."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser. Raises FileNotFoundError where there is none."""
    executable = path()
    if executable is None:
        raise FileNotFoundError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags())
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What went wrong in a page: errors in the console (refusals of the content security policy are among them),
    exceptions nobody caught, requests that failed or were answered with an error.

    `expected` holds parts of complaints that the test causes itself, and means to.
    """

    heard: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"exception: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def unexpected(self) -> list[str]:
        return [what for what in self.heard if not any(part in what for part in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.heard.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Request) -> None:
        if request.failure not in _HARMLESS:
            self.heard.append(f"request: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.heard.append(f"answer: {response.status} {response.url}")
