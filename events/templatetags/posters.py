"""Posters in templates: `{% poster event %}` and, for the picture alone, `{% artwork seed %}`."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events import posters
from events.local_time import clock, short_day
from events.models import Event

register = template.Library()
_COPIES = "poster copies"
_SHEET = 600  # the measure of a poster blown up; its type is a little more than half as high
_SHEET_FIGURE = 840  # its figure is wider than high, as the box it stands in
_SHEET_TYPE = 360


@register.simple_tag(takes_context=True)
def poster(context: template.Context, event: Event, label: str = "") -> SafeString:
    """The event's generated poster. The event's venue must be loaded; times are shown in the venue's own time zone.

    Without a `label` the poster is hidden from screen readers, because the text beside it repeats what it says.
    """
    sheet = posters.Poster(
        seed=event.public_id,
        title=event.title,
        date=short_day(event.starts_at, event.venue.timezone),
        town=event.venue.city,
        venue=event.venue.name,
        doors=_("Doors %(time)s") % {"time": clock(event.doors_at or event.starts_at, event.venue.timezone)},
    )
    return SafeString(sheet.svg(copy=_copy(context), label=label))


@register.simple_tag(takes_context=True)
def artwork(context: template.Context, seed: str, width: int = 300, height: int = 300) -> SafeString:
    """The figure of the poster with this seed, without type, `width` by `height`; it crops itself to its box."""
    return SafeString(posters.artwork(seed=seed, width=width, height=height, copy=_copy(context)))


@register.inclusion_tag("events/sheet.html", takes_context=True)
def event_sheet(context: template.Context, event: Event) -> dict[str, SafeString | str]:
    """The event's poster blown up to the head of a page: figure, ground, and the title as the page's first heading."""
    seed = event.public_id
    return {
        "title": event.title,
        "ground": SafeString(posters.sheet_ground(seed=seed, copy=_copy(context))),
        "figure": SafeString(posters.sheet_figure(seed=seed, width=_SHEET_FIGURE, height=_SHEET)),
        "type": SafeString(posters.sheet_type(seed=seed, words=event.title, width=_SHEET, height=_SHEET_TYPE)),
    }


def _copy(context: template.Context) -> int:
    """How many posters this page has shown already: no two elements of a page may share an id."""
    page: dict[Any, Any] = context.render_context.dicts[0]
    page[_COPIES] = page.get(_COPIES, -1) + 1
    return int(page[_COPIES])
