"""The audit from the start of its sites to its exit status."""

import sys
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Final

from config.audit import axe, lighthouse, nu
from config.audit.looking import Sight, Target, sights, targets
from config.audit.pages import Kind, pages
from config.audit.report import Result, progress, table
from config.audit.site import Demo, demo
from config.audit.tools import missing
from config.tests.browser.chromium import chromium

Check = Callable[[Demo, Sequence[Target]], Iterator[Result]]

MEASURED: Final = ("home", "events", "event-live")
"""The pages with a score to reach."""


def looks(demo: Demo, wanted: Sequence[Target]) -> Iterator[Result]:
    """axe, the Nu checker, the browser's console."""
    documents: dict[str, str] = {}
    results: list[tuple[Sight, list[str]]] = []
    with chromium() as browser:
        for sight in sights(demo, browser, progress(wanted, "pages")):
            results.append((sight, axe.violations(sight)))
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


CHECKS: Final[dict[str, Check]] = {"looks": looks, "lighthouse": lighthouses}


def main(arguments: Sequence[str]) -> int:
    """The names of checks, or of pages, or none for everything. 0 when every mark is kept, 1 when not, 2 for a wrong word."""
    if lacking := missing():
        sys.stderr.write("\n".join(lacking) + "\n")
        return 2
    began = monotonic()
    every = list(pages())
    checks = [word for word in arguments if word in CHECKS] or list(CHECKS)
    named = {word for word in arguments if word not in CHECKS}
    chosen = [page for page in every if not named or page.name in named]
    with demo() as served:
        wanted = targets(served, chosen)
        results = [result for check in checks for result in CHECKS[check](served, wanted)]
    missed = [result for result in results if result.wrong]
    sys.stdout.write(table(results) + f"\n{len(results)} results, {len(missed)} misses, {monotonic() - began:.0f} s\n")
    return 1 if missed else 0
