"""Posters in templates: `{% poster event %}` and, for the picture alone, `{% artwork seed %}`."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events import posters
from events.models import Event

register = template.Library()
_COPIES = "poster copies"


@register.simple_tag(takes_context=True)
def poster(context: template.Context, event: Event, label: str = "") -> SafeString:
    """The event's generated poster. The event's venue must be loaded; times are shown in the venue's own time zone.

    Without a `label` the poster is hidden from screen readers, because the text beside it repeats what it says.
    """
    sheet = posters.Poster(
        seed=event.public_id,
        title=event.title,
        date=_local(event.starts_at, event.venue.timezone, "D j M"),
        town=event.venue.city,
        venue=event.venue.name,
        doors=_("Doors %(time)s") % {"time": _local(event.doors_at or event.starts_at, event.venue.timezone, "H:i")},
    )
    return SafeString(sheet.svg(copy=_copy(context), label=label))


@register.simple_tag(takes_context=True)
def artwork(context: template.Context, seed: str, width: int = 300, height: int = 300) -> SafeString:
    """The figure of the poster with this seed, without type, `width` by `height`; it crops itself to its box."""
    return SafeString(posters.artwork(seed=seed, width=width, height=height, copy=_copy(context)))


def _local(moment: datetime, zone: str, form: str) -> str:
    return date_format(moment.astimezone(ZoneInfo(zone)), form)


def _copy(context: template.Context) -> int:
    """How many posters this page has shown already: no two elements of a page may share an id."""
    page: dict[Any, Any] = context.render_context.dicts[0]
    page[_COPIES] = page.get(_COPIES, -1) + 1
    return int(page[_COPIES])
