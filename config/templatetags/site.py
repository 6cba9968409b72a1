"""`{% load site %}`: where the head and the foot of every page lead."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.template import Context, Library
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.components.frame import Link

register = Library()

_MAIN: Final[tuple[tuple[str | Promise, str], ...]] = (
    (_("Tonight"), "event-pages:home"),
    (_("Events"), "event-pages:events"),
    (_("Artists"), "artist-pages:artists"),
)
_MORE: Final[tuple[tuple[str | Promise, str], ...]] = ((_("Developers"), "api-docs"),)


@register.simple_tag(takes_context=True)
def main_links(context: Context) -> list[Link]:
    """The main navigation; the part of the site the visitor is in is marked."""
    return _links(_MAIN, context.get("request"))


@register.simple_tag(takes_context=True)
def footer_links(context: Context) -> list[Link]:
    """What few people look for."""
    return _links(_MORE, context.get("request"))


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


def _links(entries: tuple[tuple[str | Promise, str], ...], request: HttpRequest | None) -> list[Link]:
    path = request.path if request else ""
    links = [(label, reverse(name)) for label, name in entries]
    return [Link(label, href, path.startswith(href) if href != "/" else path == href) for label, href in links]
