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
NOT_OURS: Final = ("#swagger-ui",)
"""Parts of pages that a library draws by itself."""
_RUN: Final = """exclude => axe.run({exclude}, {resultTypes: ['violations'], preload: false}).then(results => results.violations)"""


def violations(sight: Sight) -> list[str]:
    """What axe finds, each thing once, with the first place where it stands."""
    sight.tab.evaluate(_axe())
    return list(dict.fromkeys(itertools.chain.from_iterable(_runs(sight))))


def _runs(sight: Sight) -> Iterator[Iterator[str]]:
    for width in WIDTHS:
        sight.tab.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            sight.tab.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found = sight.tab.evaluate(_RUN, [[part] for part in NOT_OURS])
            yield (f"{_said(violation)} ({theme}, {width} px)" for violation in found)


def _said(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    reason = " ".join(nodes[0]["failureSummary"].split())
    return f"{violation['id']}: {len(nodes)} times {nodes[0]['html'][:120]} {reason[:200]}"


@cache
def _axe() -> str:
    return (NODE_MODULES / "axe-core/axe.min.js").read_text()
