"""`/sitemap.xml` and the parts it leads to, for search engines (https://www.sitemaps.org/protocol.html)."""

from typing import TYPE_CHECKING, Any, Final

from django.contrib.sitemaps import Sitemap, views
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from artists.sitemaps import ArtistSitemap
from events.sitemaps import EventSitemap

if TYPE_CHECKING:
    _Sitemap = Sitemap[str]
else:
    _Sitemap = Sitemap  # generic only to the type checker

_KEPT: Final = 3_600  # seconds that caches on the way may keep the index, which names nothing
_PAGES: Final = ("event-pages:home", "event-pages:events", "artist-pages:artists")


class PageSitemap(_Sitemap):
    """The pages that are always there."""

    def items(self) -> list[str]:
        return list(_PAGES)

    def location(self, item: str) -> str:
        return reverse(item)


_SECTIONS: Final[dict[str, "type[Sitemap[Any]] | Sitemap[Any]"]] = {
    "pages": PageSitemap,
    "events": EventSitemap,
    "artists": ArtistSitemap,
}


@require_safe
@cache_control(public=True, max_age=_KEPT)
def site_map_index(request: HttpRequest) -> HttpResponseBase:
    """`/sitemap.xml`: the addresses of all parts."""
    return views.index(request, sitemaps=_SECTIONS, sitemap_url_name="sitemap")


@require_safe
@cache_control(public=True, no_cache=True)
def site_map(request: HttpRequest, section: str) -> HttpResponseBase:
    """`/sitemap-<section>.xml`: a part, and with `?p=` its further pages. Asked for anew each time: what moderation holds is gone."""
    return views.sitemap(request, sitemaps=_SECTIONS, section=section)
