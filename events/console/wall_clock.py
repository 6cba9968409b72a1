"""Moments as organizers type and read them: by the clock on the wall of the venue."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from unfold.widgets import DATETIME_CLASSES

from events.local_time import clock, short_day

_SPELLING = "%Y-%m-%dT%H:%M"  # what browsers show and send, in every language


class WallClockField(forms.DateTimeField):
    """A moment without a time zone; `moment_at` puts it into the venue's."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(format=_SPELLING, attrs={"class": " ".join(DATETIME_CLASSES)})
        widget.input_type = "datetime-local"
        super().__init__(widget=widget, input_formats=[_SPELLING, "%Y-%m-%dT%H:%M:%S"], **options)

    def to_python(self, value: Any) -> datetime | None:
        """Without Django's turn into the current time zone, which is nobody's here."""
        if isinstance(value, datetime):
            return value
        return self._read(str(value)) if value else None

    def prepare_value(self, value: Any) -> Any:
        return value

    def _read(self, text: str) -> datetime:
        for spelling in self.input_formats or ():
            try:
                return datetime.strptime(text.strip(), str(spelling))  # noqa: DTZ007 - the zone is the venue's
            except ValueError:
                continue
        raise ValidationError(_("Write a day and a time."), code="invalid")


def wall_clock(moment: datetime | None, zone: str) -> datetime | None:
    """The moment as the venue's clock shows it, to the minute; the inverse of `moment_at`."""
    return moment and moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)


def moment_at(typed: datetime, zone: str) -> datetime:
    """The moment the venue's clock shows this; of two, where clocks go back, the first.

    Raises Django's ValidationError for a time that is skipped where clocks go forward.
    """
    moment = typed.replace(tzinfo=ZoneInfo(zone))
    if wall_clock(moment.astimezone(UTC), zone) != typed.replace(second=0, microsecond=0):
        raise ValidationError(_("This time does not exist on that day: the clocks go forward."), code="skipped")
    return moment


def by_the_venue(field: str, words: Any, zone_of: Callable[[Any], str]) -> Callable[[Any, models.Model], str]:
    """A column of the console: the row's `field` as the night is told, by the clock of the venue that `zone_of` finds."""

    @admin.display(description=words, ordering=field)
    def column(_console: Any, row: models.Model) -> str:
        moment: datetime | None = getattr(row, field)
        return f"{short_day(moment, zone_of(row))}, {clock(moment, zone_of(row))}" if moment else ""

    return column
