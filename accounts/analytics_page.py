"""What the console's page of analytics shows: the last two weeks, and the months that can be taken along."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.analytics_months import month_of, months
from accounts.models import AnalyticsEvent, AnalyticsKind
from config.lib.numerals import written

DAYS: Final = 14
_MOST_PAGES: Final = 10

Point = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Month:
    """One that has a file: its name for people, and as the address has it (`2026-11`)."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class AnalyticsPage:
    """Points are (label, count); `visitors` counts the browsers of each day once."""

    views: Sequence[Point]
    views_in_words: str
    visitors: Sequence[Point]
    visitors_in_words: str
    pages: Sequence[Point]
    pages_in_words: str
    other: Sequence[tuple[str, str]]
    months: Sequence[Month]


def analytics_page_of(*, now: datetime) -> AnalyticsPage:
    """Four queries over the last two weeks, which lie in two partitions at most."""
    days = [now.date() - timedelta(days=back) for back in reversed(range(DAYS))]
    lately = AnalyticsEvent.objects.filter(at__gte=now - timedelta(days=DAYS))
    looked_at = lately.filter(kind=AnalyticsKind.PAGE_VIEW)
    by_day = looked_at.annotate(day=TruncDate("at")).values_list("day")
    views = dict(by_day.annotate(number=Count("id")))
    visitors = dict(by_day.exclude(visitor="").annotate(number=Count("visitor", distinct=True)))
    pages = looked_at.values_list(KT("data__page")).annotate(number=Count("id")).order_by("-number")[:_MOST_PAGES]
    total, most = sum(views.values()), max(visitors.values(), default=0)
    return AnalyticsPage(
        views=_daily(days, views),
        views_in_words=ngettext(
            "%(number)s page looked at in two weeks", "%(number)s pages looked at in two weeks", total
        )
        % {"number": written(total)},
        visitors=_daily(days, visitors),
        visitors_in_words=ngettext(
            "%(number)s browser on the busiest day", "%(number)s browsers on the busiest day", most
        )
        % {"number": written(most)},
        pages=[(page or "", number) for page, number in pages],
        pages_in_words=_("What was looked at most"),
        other=_others(dict(lately.values_list("kind").annotate(number=Count("id")))),
        months=[_month(month) for month in reversed(months()) if month <= month_of(now)],
    )


def _daily(days: list[date], counted: "dict[date, int]") -> list[Point]:
    return [(date_format(day, "SHORT_DATE_FORMAT"), counted.get(day, 0)) for day in days]


def _others(counted: dict[str, int]) -> list[tuple[str, str]]:
    known = Counter(counted)
    return [(str(kind.label), written(known[kind])) for kind in AnalyticsKind if kind is not AnalyticsKind.PAGE_VIEW]


def _month(first: datetime) -> Month:
    return Month(date_format(first, "YEAR_MONTH_FORMAT"), f"{first:%Y-%m}")
