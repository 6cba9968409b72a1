"""The form of a round: times by the venue's clock, and who takes part."""

from datetime import datetime
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.console import ConsoleForm
from events.console.wall_clock import WallClockField, moment_at, wall_clock
from events.models import Event
from voting.models import Round
from voting.services.rounds import RoundChanges

_TIMES: Final = ("opens_at", "closes_at")


class RoundForm(ConsoleForm):
    """What an organizer decides about a planned round. `artists` is there once the event is known."""

    opens_at = WallClockField(label=_("Opens"), required=False, help_text=_("Empty: you open it yourself."))
    closes_at = WallClockField(label=_("Closes"), required=False, help_text=_("Empty: you close it yourself."))
    artists = forms.MultipleChoiceField(
        label=_("Who takes part"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None of them: everyone who is on the event's ballot when the round opens."),
    )

    class Meta:
        model = Round
        fields = ("event", "name", *_TIMES, "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        round_ = self.round
        if round_ is None:
            self.fields.pop("artists", None)
            return
        zone = round_.event.venue.timezone
        for name in _TIMES:
            self.initial[name] = wall_clock(getattr(round_, name), zone)
        if "artists" in self.fields:
            slots = round_.event.lineup.on_the_ballot().in_order()
            chosen = [(slot.artist.public_id, f"{slot.ballot_number} {slot.artist.name}") for slot in slots]
            cast("forms.MultipleChoiceField", self.fields["artists"]).choices = chosen
            self.initial["artists"] = chosen_artists(round_)

    @property
    def round(self) -> Round | None:
        """The stored round this form is about; None for a new one."""
        return cast("Round", self.instance) if self.instance.pk else None

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        event = self.round.event if self.round else cleaned.get("event")
        for name in _TIMES:
            typed = cleaned.get(name)
            if isinstance(event, Event) and isinstance(typed, datetime):
                try:
                    cleaned[name] = moment_at(typed, event.venue.timezone)
                except ValidationError as problem:
                    self.add_error(name, problem)
        return cleaned

    def field_of(self, name: str) -> str | None:
        """An artist is called `artists.<place>` by the service."""
        return super().field_of("artists" if name.startswith("artists.") else name)

    def given(self) -> RoundChanges:
        """All that was typed, as the service takes it."""
        names = ("name", *_TIMES, "artists")
        return cast("RoundChanges", {name: self.cleaned_data[name] for name in names if name in self.fields})

    def changes(self, round_: Round) -> RoundChanges:
        """What differs from the stored round. A time that was not touched keeps its seconds."""
        stored: dict[str, Any] = {"name": round_.name, "artists": chosen_artists(round_)}
        stored |= {name: _to_the_minute(getattr(round_, name)) for name in _TIMES}
        changed = {name: value for name, value in self.given().items() if value != stored[name]}
        return cast("RoundChanges", changed)


def chosen_artists(round_: Round) -> list[str]:
    """The public ids of those chosen for the round, by ballot number; none of them means everyone."""
    chosen = round_.entries.order_by("slot__ballot_number")
    return list(chosen.values_list("slot__artist__public_id", flat=True))


def _to_the_minute(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(second=0, microsecond=0)
