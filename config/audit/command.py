"""The audit from the start of its sites to its exit status."""

import sys
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Final

from config.audit import axe, budgets, lighthouse, nu, picture, screenshots
from config.audit.looking import Sight, Target, sights, targets
from config.audit.pages import Kind, pages
from config.audit.report import Result, progress, table
from config.audit.site import Demo, demo
from config.audit.tools import missing, missing_browser
from config.tests.browser.chromium import chromium

Check = Callable[[Demo, Sequence[Target]], Iterator[Result]]

MEASURED: Final = ("home", "events", "event-live", "vote-as-fan", "artist")
"""The pages with a score to reach."""


def looks(demo: Demo, wanted: Sequence[Target]) -> Iterator[Result]:
    """axe, the Nu checker, the browser's console."""
    documents: dict[str, str] = {}
    results: list[tuple[Sight, list[str]]] = []
    with chromium() as browser:
        for sight in sights(demo, browser, progress(wanted, "pages")):
            results.append((sight, [] if sight.page.kind is Kind.LIBRARY else axe.violations(sight)))
            if sight.page.kind is not Kind.CONSOLE:
                documents[sight.page.name] = sight.html
    errors = nu.errors(documents)
    for sight, violations in results:
        html = errors.get(sight.page.name, [])
        complaints = sight.complaints.unexpected()
        measured = f"axe {len(violations)}, html {len(html)}, console {len(complaints)}"
        yield Result(sight.page.name, measured, [*violations, *html, *complaints])


def lighthouses(demo: Demo, wanted: Sequence[Target]) -> Iterator[Result]:
    """Lighthouse on the pages that must reach its scores."""
    for target in progress([target for target in wanted if target.page.name in MEASURED], "lighthouse"):
        yield lighthouse.scores(target.page.name, target.url, demo.cookies(target.page.visitor))


def weights(demo: Demo, wanted: Sequence[Target]) -> Iterator[Result]:
    """What the pages weigh that have a budget."""
    with chromium() as browser:
        yield from budgets.budgets(demo, browser, wanted)


CHECKS: Final[dict[str, Check]] = {"looks": looks, "budgets": weights, "lighthouse": lighthouses}


def main(arguments: Sequence[str]) -> int:
    """What to do, and the names of pages (all without any). 0 when it was done and every mark is kept, 1 when not, 2 when
    something is missing.
    """
    words = set(arguments)
    every = list(pages())
    if unknown := words - {*CHECKS, "screenshots", "picture", *(page.name for page in every)}:
        sys.stderr.write(f"There is no check and no page called {', '.join(sorted(unknown))}.\n")
        return 2
    checks = [check for check in CHECKS if check in words] or list(CHECKS)
    photographing = words & {"screenshots", "picture"}
    if lacking := missing_browser() if photographing else missing():
        sys.stderr.write("\n".join(lacking) + "\n")
        return 2
    named = words - {*CHECKS, "screenshots", "picture"}
    chosen = [page for page in every if not named or page.name in named]
    with demo() as served:
        if "picture" in words:
            sys.stdout.write(f"{picture.take(served)}\n")
            return 0
        wanted = targets(served, chosen)
        if "screenshots" in words:
            sys.stdout.write(f"{screenshots.take(served, wanted, afresh=not named)}\n")
            return 0
        return _audit(served, wanted, checks)


def _audit(served: Demo, wanted: Sequence[Target], checks: Sequence[str]) -> int:
    began = monotonic()
    results = [result for check in checks for result in CHECKS[check](served, wanted)]
    missed = [result for result in results if result.wrong]
    sys.stdout.write(table(results) + f"\n{len(results)} results, {len(missed)} misses, {monotonic() - began:.0f} s\n")
    return 1 if missed else 0
