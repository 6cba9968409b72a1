"""How the console looks: django-unfold's setting, in the colours of `static/css/tokens.css`."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext as _

# Ours of tokens.css, on the theme's scale: paper is its light end and ink its dark one.
_GROUND: Final = {
    "50": "oklch(0.985 0.008 90)",
    "100": "oklch(0.952 0.019 86)",
    "200": "oklch(0.85 0.034 82)",
    "300": "oklch(0.785 0.025 300)",
    "400": "oklch(0.66 0.03 300)",
    "500": "oklch(0.52 0.035 300)",
    "600": "oklch(0.4 0.045 300)",
    "700": "oklch(0.295 0.045 300)",
    "800": "oklch(0.222 0.036 300)",
    "900": "oklch(0.165 0.028 300)",
    "950": "oklch(0.125 0.022 300)",
}
# Links, focus and where one is: violet. Brass is the main action alone (console.css).
_VIOLET: Final = {
    "50": "oklch(0.97 0.02 302)",
    "100": "oklch(0.93 0.04 302)",
    "200": "oklch(0.88 0.07 302)",
    "300": "oklch(0.84 0.1 302)",
    "400": "oklch(0.8 0.13 302)",
    "500": "oklch(0.8 0.13 302)",
    "600": "oklch(0.45 0.24 294)",
    "700": "oklch(0.41 0.22 294)",
    "800": "oklch(0.36 0.19 294)",
    "900": "oklch(0.31 0.15 294)",
    "950": "oklch(0.25 0.11 294)",
}
_COMPONENTS: Final = ("badge", "chart", "icon")
_STYLES: Final = (
    "css/console/layers.css",
    "css/tokens.css",
    *(f"css/components/{name}.css" for name in _COMPONENTS),
    "css/utilities.css",
    "css/console/console.css",
    "css/console/events.css",
    "css/console/tonight.css",
)


def environment(_request: HttpRequest) -> list[str] | None:
    """A badge, so that nobody takes a development site for the real one."""
    return [_("Development"), "warning"] if settings.DEBUG else None


def account_links(_request: HttpRequest) -> list[dict[str, Any]]:
    """The person's own menu; sign-out is the theme's."""
    return [{"title": _("Change password"), "link": "/accounts/password/change/"}]


def _file(name: str) -> Callable[[HttpRequest], str]:
    return lambda _request: static(name)


UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "Fanfare",
    "SITE_HEADER": "Fanfare",
    "SITE_URL": "/",
    "SITE_ICON": _file("img/favicon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _file("img/favicon.svg")}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "2px",
    "COLORS": {"base": _GROUND, "primary": _VIOLET},
    "ENVIRONMENT": "config.console_theme.environment",
    "ACCOUNT": {"navigation": "config.console_theme.account_links"},
    "STYLES": [_file(name) for name in _STYLES],
    "SIDEBAR": {"show_search": False, "navigation": "config.console_menu.navigation"},
    "DASHBOARD_CALLBACK": None,
}
