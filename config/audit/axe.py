"""axe-core on a page that is open: every rule, in both themes, on a phone and on a desk."""

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, Literal

from config.audit.looking import Sight
from config.audit.tools import NODE_MODULES

Theme = Literal["light", "dark"]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark")
WIDTHS: Final = (360, 1440)
OF_THE_THEME: Final = {
    "landmark-unique": "simplebar-content-wrapper",  # names all regions that scroll alike
    "aria-input-field-name": "select2-selection__rendered",  # its search field inside is labelled
}
"""What the widgets of the admin theme do wrong by themselves: a rule, and a class of the widget that breaks it."""
_RUN: Final = "axe.run({resultTypes: ['violations'], preload: false}).then(results => results.violations)"


def violations(sight: Sight) -> list[str]:
    """What axe finds, each thing once, with the first place where it stands."""
    sight.tab.evaluate(_axe())
    return list(dict.fromkeys(itertools.chain.from_iterable(_runs(sight))))


def _runs(sight: Sight) -> Iterator[Iterator[str]]:
    for width in WIDTHS:
        sight.tab.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            sight.tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found = sight.tab.evaluate(_RUN)
            yield (f"{_said(violation)} ({theme}, {width} px)" for violation in found if not _of_the_theme(violation))


def _of_the_theme(violation: dict[str, Any]) -> bool:
    mark = OF_THE_THEME.get(violation["id"])
    return mark is not None and all(mark in node["html"] for node in violation["nodes"])


def _said(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    reason = " ".join(nodes[0]["failureSummary"].split())
    return f"{violation['id']}: {len(nodes)} times {nodes[0]['html'][:120]} {reason[:200]}"


@cache
def _axe() -> str:
    return (NODE_MODULES / "axe-core/axe.min.js").read_text()
