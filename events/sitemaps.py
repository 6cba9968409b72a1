"""Nights for search engines."""

from typing import TYPE_CHECKING

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from events.models import Event
from events.querysets import EventQuerySet

if TYPE_CHECKING:
    _Sitemap = Sitemap[Event]
else:
    _Sitemap = Sitemap  # generic only to the type checker


class EventSitemap(_Sitemap):
    """Every event anyone may find."""

    limit = 10_000  # addresses on one page; the protocol allows 50,000

    def items(self) -> EventQuerySet:
        return Event.objects.listed().only("slug").order_by("pk")

    def location(self, item: Event) -> str:
        return reverse("event-pages:event", args=[item.slug])
