"""The Content-Security-Policy of every page but the console's and the try-it page's, which say what more they need."""

from collections.abc import Iterable
from typing import Any

OURS = "'self'"
NOTHING = "'none'"


def policy(*, form_targets: Iterable[str]) -> dict[str, Any]:
    """django-csp's setting: everything is ours, nothing is inline, nobody frames us. Forms may also lead to `form_targets`."""
    ours = ("script-src", "style-src", "font-src", "connect-src", "media-src", "manifest-src")
    nothing = ("default-src", "object-src", "base-uri", "frame-ancestors")
    directives = {name: [OURS] for name in ours} | {name: [NOTHING] for name in nothing}
    return {"DIRECTIVES": {**directives, "img-src": [OURS, "data:"], "form-action": [OURS, *form_targets]}}
