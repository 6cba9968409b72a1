"""Artists for search engines."""

from typing import TYPE_CHECKING

from django.contrib.sitemaps import Sitemap

from artists.links import page_path
from artists.models import Artist
from artists.querysets import ArtistQuerySet

if TYPE_CHECKING:
    _Sitemap = Sitemap[Artist]
else:
    _Sitemap = Sitemap  # generic only to the type checker


class ArtistSitemap(_Sitemap):
    """Every artist the public may see."""

    limit = 10_000  # addresses on one page; the protocol allows 50,000

    def items(self) -> ArtistQuerySet:
        return Artist.objects.listed().only("slug", "status").order_by("pk")

    def location(self, item: Artist) -> str:
        return page_path(item)
