"""The line-up under an event, through `services.lineup`."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.console import ConsoleInline
from events.console.lineup_forms import InvitationForm, SlotForm
from events.local_time import clock, short_day
from events.models import Event, Slot
from events.services import lineup
from events.services.lineup import NewArtist


class _LineInline(ConsoleInline[Slot, Event]):
    model = Slot

    def facts(self, parent: Event | None) -> dict[str, Any]:
        return {"zone": parent.venue.timezone} if parent else {}


class SlotInline(_LineInline):
    """Who is on it. The ballot number was given once and stays."""

    form: Any = SlotForm
    verbose_name_plural = _("line-up")
    fields = ("ballot_number", "artist", "invitation", "position", "set_at", "take_off")
    readonly_fields = ("ballot_number", "artist", "invitation", "on_stage")
    ordering = ("position", "ballot_number")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Slot]":
        return super().get_queryset(request).select_related("artist", "event__venue")

    def get_fields(self, request: HttpRequest, obj: Event | None = None) -> Any:
        """What is only read shows times in words."""
        read = ("ballot_number", "artist", "invitation", "position", "on_stage")
        return self.fields if self.has_change_permission(request, obj) else read

    def has_add_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    @admin.display(description=_("invitation"))
    def invitation(self, slot: Slot) -> str:
        return slot.get_invite_status_display()

    @admin.display(description=_("On stage"))
    def on_stage(self, slot: Slot) -> str:
        zone = slot.event.venue.timezone
        return f"{short_day(slot.set_at, zone)}, {clock(slot.set_at, zone)}" if slot.set_at else ""

    def store_row(self, actor: Actor, form: Any, parent: Event) -> None:
        names = {"actor": actor, "public_id": parent.public_id, "artist_id": form.instance.artist.public_id}
        if form.cleaned_data["take_off"]:
            lineup.remove(**names, now=timezone.now())
        else:
            place = {name: form.cleaned_data[name] for name in ("position", "set_at")}
            lineup.arrange(**names, **place, now=timezone.now())


class InvitationInline(_LineInline):
    """Who comes onto it."""

    form: Any = InvitationForm
    verbose_name = _("invitation")
    verbose_name_plural = _("Put somebody on the line-up")
    fields = ("artist", "new_name", "new_email", "set_at")
    autocomplete_fields = ("artist",)
    extra = 1

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Slot]":
        return super().get_queryset(request).none()

    def store_row(self, actor: Actor, form: Any, parent: Event) -> None:
        typed = form.cleaned_data
        artist = typed["artist"].public_id if typed["artist"] else NewArtist(typed["new_name"], typed["new_email"])
        lineup.invite(
            actor=actor, public_id=parent.public_id, artist=artist, set_at=typed["set_at"], now=timezone.now()
        )
