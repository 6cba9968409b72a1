"""`{% load site %}`: where the head and the foot of every page lead."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.template import Context, Library
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.actors import look_of
from accounts.models import Impersonation, User
from accounts.passkey_origins import works_at
from accounts.platform_settings import NOTICE
from accounts.user_settings import MOTION, THEME, Setting, Value
from config.components.frame import Link

register = Library()

_MAIN: Final[tuple[tuple[str | Promise, str], ...]] = (
    (_("Tonight"), "event-pages:home"),
    (_("Events"), "event-pages:events"),
    (_("Artists"), "artist-pages:artists"),
)
_MINE: Final[tuple[tuple[str | Promise, str], ...]] = (
    (_("Nights"), "me"),
    (_("Votes"), "my-votes"),
    (_("Notifications"), "my-notifications"),
    (_("Settings"), "my-settings"),
    (_("Security"), "my-security"),
    (_("Devices"), "my-sessions"),
    (_("Privacy"), "my-privacy"),
    (_("Moderation"), "my-moderation"),
)
_GROUNDS: Final[Mapping[Value, str]] = {"light": "paper", "dark": "ink"}
_NOTHING_TO_COME_BACK_TO: Final = ("/accounts/", "/c/", "/p/", "/v/")
_MORE: Final[tuple[tuple[str | Promise, str], ...]] = ((_("Developers"), "developers"),)
_LOCAL: Final[tuple[tuple[str | Promise, str], ...]] = (
    (_("Phones"), "local:phones"),
    (_("Mails"), "local:mails"),
    (_("Parts"), "gallery"),
)


@register.simple_tag(takes_context=True)
def main_links(context: Context) -> list[Link]:
    """The main navigation; the part of the site the visitor is in is marked."""
    return _links(_MAIN, context.get("request"))


@register.simple_tag(takes_context=True)
def sign_in_address(context: Context) -> str:
    """Where one signs in, to come back to this page. A personal link's code is put into no other address."""
    back, entrance = here(context), reverse("account_login")
    if back == "/" or back.startswith(_NOTHING_TO_COME_BACK_TO):
        return entrance
    return f"{entrance}?{urlencode({REDIRECT_FIELD_NAME: back})}"


@register.simple_tag
def our_mailbox() -> str:
    """The e-mail address that people write to: the one our own mail comes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@register.simple_tag(takes_context=True)
def passkeys_work(context: Context) -> bool:
    """Whether a page at this address may ask for a passkey: browsers bind each to one domain."""
    return "request" in context and works_at(context["request"].get_host())


@register.simple_tag(takes_context=True)
def my_links(context: Context) -> list[Link]:
    """The parts of what belongs to whoever is signed in; the one the page belongs to is marked."""
    return _links(_MINE, context["request"])


@register.simple_tag(takes_context=True)
def own_ground(context: Context) -> SafeString | str:
    """An attribute for `<html>`: the ground that whoever is signed in has chosen, unless the page has one of its own."""
    ground = _GROUNDS.get(_set(context, THEME))
    return format_html(' data-ground="{}"', ground) if ground else ""


@register.simple_tag(takes_context=True)
def own_motion(context: Context) -> SafeString | str:
    """An attribute for `<html>`: whether they have stopped what moves."""
    return "" if _set(context, MOTION) else format_html(' data-motion="{}"', "off")


def _set(context: Context, setting: Setting) -> Value:
    user = context.get("user")
    return setting.of(user) if isinstance(user, User) else setting.default


@register.simple_tag(takes_context=True)
def footer_links(context: Context) -> list[Link]:
    """What few people look for; in development, where to find what only development has."""
    return _links((*_MORE, *_LOCAL) if settings.DEBUG else _MORE, context.get("request"))


@register.simple_tag(takes_context=True)
def here(context: Context) -> str:
    """The address of this page, without the language a link asked for: to come back to in another one."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    query.pop("lang", None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def whole_address(context: Context) -> str:
    """The address of this page for search engines and cards: with its host, without a query."""
    request: HttpRequest = context["request"]
    return settings.PUBLIC_URL + request.path


@register.simple_tag(takes_context=True)
def look(context: Context) -> Impersonation | None:
    """Whether an admin looks at this page as somebody: with whom it is, and until when."""
    request = context.get("request")
    return look_of(request) if request and request.user.is_authenticated else None


@register.simple_tag
def platform_notice() -> str:
    """What an admin has to say on every page, "" for nothing."""
    return NOTICE.said()


@register.filter
def unbroken(words: str) -> SafeString:
    """Never parted at the end of a line: a telephone number inside a sentence."""
    return format_html('<span class="unbroken">{}</span>', words)


def _links(entries: tuple[tuple[str | Promise, str], ...], request: HttpRequest | None) -> list[Link]:
    path = request.path if request else ""
    links = [(label, reverse(name)) for label, name in entries]
    above = [href for _label, href in links if path == href or (href != "/" and path.startswith(href))]
    nearest = max(above, key=len, default=None)
    return [Link(label, href, href == nearest) for label, href in links]
