"""What visitors may ask the list of events for."""

from datetime import date
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LONGEST: Final = 100  # characters of a search
_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 12, 31)  # a mistyped year is told, not looked for
_SEARCH: Final = _("Night, town or artist")


class Stage(TextChoices):
    """Where in their life the wanted events are."""

    UPCOMING = "", _("Coming up")
    TONIGHT = "tonight", _("Tonight")
    LIVE = "live", _("Live now")
    OVER = "over", _("Over")
    CANCELLED = "cancelled", _("Called off")


class _Day(forms.DateInput):
    """A day as browsers pick and send it, in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


_DAY: Final[dict[str, Any]] = {
    "required": False,
    "widget": _Day,
    "input_formats": ["%Y-%m-%d"],
    "validators": [MinValueValidator(_EARLIEST), MaxValueValidator(_LATEST)],
}


class DiscoverForm(forms.Form):
    """All of it may be left empty. Days are by the calendar of each venue."""

    q = forms.CharField(label=_SEARCH, max_length=LONGEST, required=False, widget=forms.TextInput({"type": "search"}))
    city = forms.CharField(label=_("Town"), max_length=LONGEST, required=False)
    first = forms.DateField(label=_("First day"), **_DAY)
    last = forms.DateField(label=_("Last day"), **_DAY)
    status = forms.ChoiceField(label=_("Which nights"), choices=Stage.choices, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("last", _("Choose a day that is not before the first."))
        return cleaned


class SearchForm(forms.Form):
    """The one field of the home page; it leads to the list."""

    q = forms.CharField(
        label=_SEARCH,
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput({"type": "search", "placeholder": _SEARCH}),
    )
