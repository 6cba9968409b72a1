"""What a first visit costs over the wire, as the browser counts it: head and body of every answer, compressed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Browser

from config.audit.looking import Target, context
from config.audit.report import Result
from config.audit.site import Demo

VOTE_PAGE: Final = "personal-open"
MOST_VOTE_PAGE: Final = 60 * 1024  # bytes
LEADERBOARD: Final = "live"
MOST_SCRIPTS: Final = 6 * 1024  # bytes, heads left out


@dataclass
class Wire:
    """Bytes of the answers so far: with their heads, and of scripts without."""

    total: int = 0
    scripts: int = 0


def budgets(demo: Demo, browser: Browser, wanted: Sequence[Target]) -> Iterator[Result]:
    """The vote page as a whole, and the scripts of the leaderboard."""
    for target in wanted:
        if target.page.name == VOTE_PAGE:
            wire = _visit(demo, browser, target)
            yield _kept(f"{VOTE_PAGE}: first load", wire.total, MOST_VOTE_PAGE)
        elif target.page.name == LEADERBOARD:
            wire = _visit(demo, browser, target)
            yield _kept(f"{LEADERBOARD}: scripts", wire.scripts, MOST_SCRIPTS)


def _kept(what: str, size: int, most: int) -> Result:
    return Result(
        what, f"{size:,} bytes of {most:,}", [f"{size:,} bytes are more than {most:,}"] if size >= most else []
    )


def _visit(demo: Demo, browser: Browser, target: Target) -> Wire:
    """A first visit: nothing is cached in a window of its own."""
    wire, heads, scripts = Wire(), dict[str, int](), set[str]()

    def received(event: dict[str, Any]) -> None:
        heads[event["requestId"]] = event["response"]["encodedDataLength"]
        if event["type"] == "Script":
            scripts.add(event["requestId"])

    def finished(event: dict[str, Any]) -> None:
        wire.total += event["encodedDataLength"]
        if event["requestId"] in scripts:
            wire.scripts += event["encodedDataLength"] - heads[event["requestId"]]

    with context(demo, browser, target.page.visitor) as visit:
        tab = visit.new_page()
        network = visit.new_cdp_session(tab)
        network.on("Network.responseReceived", received)
        network.on("Network.loadingFinished", finished)
        network.send("Network.enable")
        tab.goto(target.url, wait_until="load")
        tab.wait_for_timeout(500)  # for the answers whose end is reported after the page's
    return wire
