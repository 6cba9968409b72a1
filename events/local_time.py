"""Moments as people read them: by the clock of the venue, in the reader's language."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import pgettext


def short_day(moment: datetime, zone: str) -> str:
    """As `Fri 20 Nov`."""
    return _written(moment, zone, pgettext("a format of Django's date filter", "D j M"))


def long_day(moment: datetime, zone: str) -> str:
    """As `Friday 20 November`."""
    return _written(moment, zone, pgettext("a format of Django's date filter", "l j F"))


def clock(moment: datetime, zone: str) -> str:
    """As `19:30`."""
    return _written(moment, zone, "H:i")


def clock_with_seconds(moment: datetime, zone: str) -> str:
    """As `19:30:05`."""
    return _written(moment, zone, "H:i:s")


def _written(moment: datetime, zone: str, form: str) -> str:
    return date_format(moment.astimezone(ZoneInfo(zone)), form)
