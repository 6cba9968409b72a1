"""The console's pages of venues: an organizer's own, an admin's all."""

from typing import Any, ClassVar, Final

from django.contrib import admin
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.console import ConsoleAdmin, ConsoleForm
from accounts.policies import holds_scope
from events.models import Venue
from events.policies import venues_of
from events.querysets import VenueQuerySet
from events.services import venues
from events.services.venues import NewVenue

_FIELDS: Final = ("name", "street", "city", "country", "timezone")


class VenueForm(ConsoleForm):
    class Meta:
        model = Venue
        fields = (*_FIELDS, "version")
        help_texts: ClassVar[dict[str, Promise]] = {
            "country": _("Two letters, for example DE."),
            "timezone": _("For example Europe/Berlin."),
        }


@admin.register(Venue)
class VenueAdmin(ConsoleAdmin[Venue]):
    form = VenueForm
    list_display = ("name", "city", "country", "timezone")
    search_fields = ("name", "city")
    ordering = ("name", "id")
    nothing_yet = _("Where your nights take place. Every event needs one; its clock is the clock of the night.")
    fieldsets = ((None, {"fields": ("name", ("street", "city"), ("country", "timezone"), "version")}),)
    add_fieldsets = (
        (
            None,
            {
                "fields": ("name", ("street", "city"), ("country", "timezone")),
                "description": _("Times of its events are shown by the clock of the venue."),
            },
        ),
    )

    def rows(self, actor: Actor) -> VenueQuerySet:
        return venues_of(actor)

    def may_look(self, actor: Actor) -> bool:
        return holds_scope(actor, "events:write")

    def may_add(self, actor: Actor) -> bool:
        return holds_scope(actor, "events:write")

    def may_change(self, actor: Actor, row: Venue | None) -> bool:
        return holds_scope(actor, "events:write")

    def store(self, actor: Actor, form: Any, row: Venue | None) -> Venue:
        now, given = timezone.now(), {name: form.cleaned_data[name] for name in _FIELDS}
        if row is None:
            return venues.create(actor=actor, venue=NewVenue(**given), now=now)
        return venues.edit(
            actor=actor,
            public_id=row.public_id,
            changes={name: value for name, value in given.items() if value != getattr(row, name)},  # type: ignore[arg-type]  # the names of VenueChanges
            expected_version=form.cleaned_data["version"],
            now=now,
        )
