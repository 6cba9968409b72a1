"""How the console looks: django-unfold's setting, in the colours of `static/css/tokens.css`."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext as _

# The theme's scales in our tokens (static/css/tokens.css), where alone colours are written.
_GROUND: Final = {
    "50": "var(--paper-0)",
    "100": "var(--paper-1)",
    "200": "var(--paper-3)",
    "300": "var(--ink-7)",
    "400": "var(--ink-6)",
    "500": "var(--ink-5)",
    "600": "var(--ink-4)",
    "700": "var(--ink-4)",  # the theme draws its lines on ink with these two: they have to be seen
    "800": "var(--ink-3)",
    "900": "var(--ink-1)",
    "950": "var(--ink-0)",
}
# Links, focus and where one is: violet. Brass is the main action alone (static/css/console/console.css).
_VIOLET: Final = {
    **dict.fromkeys(("50", "100", "200", "300", "400", "500"), "var(--violet-1)"),
    **dict.fromkeys(("600", "700", "800", "900", "950"), "var(--violet-3)"),
}
_WORDS: Final = {
    "subtle-light": "var(--ink-4)",
    "subtle-dark": "var(--ink-7)",
    "default-light": "var(--ink-3)",
    "default-dark": "var(--paper-2)",
    "important-light": "var(--ink-1)",
    "important-dark": "var(--paper-1)",
}
_COMPONENTS: Final = ("badge", "chart", "fill", "icon", "progress")
_STYLES: Final = (
    "css/console/layers.css",
    "css/tokens.css",
    *(f"css/components/{name}.css" for name in _COMPONENTS),
    "css/utilities.css",
    "css/console/console.css",
    "css/console/parts.css",
    "css/console/events.css",
    "css/console/attendees.css",
    "css/console/moderation.css",
    "css/console/tonight.css",
    "css/console/platform.css",
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
    "BORDER_RADIUS": "var(--edge-control)",
    "COLORS": {"base": _GROUND, "primary": _VIOLET, "font": _WORDS},
    "ENVIRONMENT": "config.console_theme.environment",
    "ACCOUNT": {"navigation": "config.console_theme.account_links"},
    "STYLES": [_file(name) for name in _STYLES],
    "SIDEBAR": {"show_search": False, "navigation": "config.console_menu.navigation"},
    "DASHBOARD_CALLBACK": "config.console_tonight.tonight",
}
