"""The lines of a line-up: who is on it, and who comes onto it."""

from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from accounts.console import ConsoleForm
from events.console.wall_clock import WallClockField, moment_at, wall_clock
from events.models import Slot


class _LineForm(ConsoleForm):
    """`zone` is the venue's; the time on stage is typed by its clock."""

    zone: ClassVar[str] = "UTC"

    set_at = WallClockField(label=gettext_lazy("On stage"), required=False)

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        typed = cleaned.get("set_at")
        if isinstance(typed, datetime):
            try:
                cleaned["set_at"] = moment_at(typed, self.zone)
            except ValidationError as problem:
                self.add_error("set_at", problem)
        return cleaned


class SlotForm(_LineForm):
    """Somebody on the line-up."""

    take_off = forms.BooleanField(
        label=gettext_lazy("Take off"), required=False, widget=UnfoldBooleanWidget, help_text=""
    )

    class Meta:
        model = Slot
        fields = ("position", "set_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["set_at"] = wall_clock(cast("Slot", self.instance).set_at, self.zone)


class InvitationForm(_LineForm):
    """Somebody who comes onto it: an artist with a profile, or a new name."""

    new_name = forms.CharField(
        label=gettext_lazy("or a new name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )
    new_email = forms.EmailField(
        label=gettext_lazy("and their e-mail"), required=False, widget=UnfoldAdminEmailInputWidget
    )

    class Meta:
        model = Slot
        fields = ("artist", "set_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["artist"].required = False

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        known, new = cleaned.get("artist"), cleaned.get("new_name")
        if known and new:
            self.add_error("new_name", _("Choose an artist or write a new name, not both."))
        if known and cleaned.get("new_email"):
            self.add_error("new_email", _("This artist has a profile, and is written to where it says."))
        if not known and not new and not self.errors:
            self.add_error("artist", _("Choose an artist, or write a new name."))
        return cleaned

    def field_of(self, name: str) -> str | None:
        """Services call a new artist's name `name`."""
        return super().field_of({"name": "new_name"}.get(name, name))
