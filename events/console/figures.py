"""What the console counts about events, in the query that lists them."""

from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from events.models import Attendee, Event, Slot
from events.querysets import EventQuerySet


class Figures(NamedTuple):
    """`joined` counts all who came by themselves and have not left, `confirmed` those who may vote, `playing` the artists on the ballot."""

    joined: int
    confirmed: int
    playing: int


def with_figures(events: EventQuerySet) -> EventQuerySet:
    """With venue and figures. The counts are subqueries, so that a page counts for the events it shows alone."""
    people = Attendee.objects.filter(event=OuterRef("pk"), merged_into=None)
    playing = Slot.objects.filter(event=OuterRef("pk")).on_the_ballot()
    return events.select_related("venue", "owner").annotate(
        joined=_counted(people.exclude(status="left").exclude(joined_at=None)),
        confirmed=_counted(people.filter(status="confirmed")),
        playing=_counted(playing),
    )


def figures_of(event: Event) -> Figures:
    """Of an event that was loaded `with_figures`."""
    counted: Any = event
    return Figures(joined=counted.joined, confirmed=counted.confirmed, playing=counted.playing)


def _counted(rows: "QuerySet[Any]") -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("event").annotate(number=Count("pk")).values("number")), 0)
