"""The form of an event: times by the venue's clock, vote rules as choices."""

from datetime import datetime
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.console import ConsoleForm
from accounts.console.fields import WordsField
from events.console.wall_clock import WallClockField, moment_at, wall_clock
from events.models import Event
from events.services.events import EventChanges
from events.vote_rules import offered

_TIMES: Final = ("doors_at", "starts_at", "ends_at")
_PLAIN: Final = ("title", "description", "venue", "access", "category", "tags", "join_keyword")
_METHODS: Final = {
    "single": _("One choice: each person votes for one artist a round"),
    "multiple": _("Several choices"),
    "ranked": _("Ranked choice"),
    "weighted": _("Jury and public"),
}
_RESULTS: Final = {
    "live": _("Live: everyone sees the standings move"),
    "after_vote": _("After voting: each sees them once they have voted"),
    "after_close": _("After the close: shown when the round ends"),
    "reveal": _("At the reveal: shown when you reveal them"),
}
_RULES: Final = {"method": _METHODS, "results": _RESULTS}


def _choices(rule: str) -> list[tuple[str, Any]]:
    return [(value, _RULES[rule].get(value, value)) for value in offered(rule)]


class EventForm(ConsoleForm):
    """What an organizer decides about a night. `changes` is what differs from a stored event."""

    doors_at = WallClockField(label=_("Doors"), required=False)
    starts_at = WallClockField(label=_("Starts"))
    ends_at = WallClockField(label=_("Ends"))
    tags = WordsField(label=_("Tags"), help_text=_("Words with commas between them, for example battle, local."))
    method = forms.ChoiceField(
        label=_("How people vote"), choices=lambda: _choices("method"), widget=UnfoldAdminSelectWidget
    )
    results = forms.ChoiceField(
        label=_("When people see the standings"), choices=lambda: _choices("results"), widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Event
        fields = (*_PLAIN, *_TIMES, "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if keyword := self.fields.get("join_keyword"):
            keyword.help_text = _(
                "What people text to join: letters and digits. Left empty, one is made from the title."
            )
        event = self.event
        if event is None:
            self.fields["starts_at"].help_text = _("By the clock of the venue.")
            return
        for name in _TIMES:
            self.initial[name] = wall_clock(getattr(event, name), event.venue.timezone)
        for rule in _RULES:
            self.initial[rule] = event.vote_config.get(rule)
        self.fields["starts_at"].help_text = _("By the clock of the venue: %(zone)s.") % {"zone": event.venue.timezone}

    @property
    def event(self) -> Event | None:
        """The stored event this form is about; None for a new one."""
        return cast("Event", self.instance) if self.instance.pk else None

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        venue: Any = cleaned.get("venue")
        for name in _TIMES:
            typed = cleaned.get(name)
            if venue and isinstance(typed, datetime):
                try:
                    cleaned[name] = moment_at(typed, venue.timezone)
                except ValidationError as problem:
                    self.add_error(name, problem)
        return cleaned

    def field_of(self, name: str) -> str | None:
        """A vote rule is called `vote_config.<rule>` by the services, a venue `venue_id`."""
        return super().field_of({"venue_id": "venue"}.get(name, name.removeprefix("vote_config.")))

    def given(self, stored: dict[str, Any]) -> dict[str, Any]:
        """All that was typed, as the services take it; `stored` holds the rules this form does not show."""
        rules = {rule: self.cleaned_data[rule] for rule in _RULES}
        plain = {name: self.cleaned_data[name] for name in (*_PLAIN, *_TIMES)}
        return {**plain, "vote_config": {**stored, **rules}}

    def changes(self, event: Event) -> EventChanges:
        """What differs from the stored event. A time that was not touched keeps its seconds."""
        zone = event.venue.timezone
        changed = {
            name: value
            for name, value in self.given(event.vote_config).items()
            if not _same(value, getattr(event, name), zone)
        }
        return cast("EventChanges", changed)


def _same(typed: Any, stored: Any, zone: str) -> bool:
    if isinstance(typed, datetime) and isinstance(stored, datetime):
        return typed == stored.replace(second=0, microsecond=0)
    return bool(typed == stored)
