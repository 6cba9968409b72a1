"""The console's pages of artists: organizers bring them in; owners and admins change profiles."""

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Via, actor_of
from accounts.console import ConsoleAdmin, ConsoleForm
from accounts.console.badges import Colour, badge
from accounts.console.fields import WordsField
from accounts.policies import holds_scope, sees_everything
from artists.models import Artist, ArtistStatus
from artists.policies import artists_seen_by, may_edit
from artists.querysets import ArtistQuerySet
from artists.services import profiles

_FIELDS: Final = ("name", "bio", "genres", "home")
_STATES: Final[dict[str, Colour]] = {
    ArtistStatus.INVITED: "warning",
    ArtistStatus.CLAIMED: "info",
    ArtistStatus.APPROVED: "success",
}


class ArtistForm(ConsoleForm):
    genres = WordsField(label=_("Genres"))

    class Meta:
        model = Artist
        fields = (*_FIELDS, "version")


@admin.register(Artist)
class ArtistAdmin(ConsoleAdmin[Artist]):
    """Whom a profile belongs to, and where invitations go, is for admins."""

    form = ArtistForm
    list_display = ("name", "state", "genres_in_words", "home")
    list_filter = ("status",)
    search_fields = ("name", "=slug", "=public_id")
    ordering = ("name", "id")
    nothing_yet = _("Whoever plays has a profile here. Putting a new name on a line-up makes one, too.")

    def rows(self, actor: Actor) -> ArtistQuerySet:
        return artists_seen_by(actor)

    def may_look(self, actor: Actor) -> bool:
        return holds_scope(actor, "events:write")

    def may_add(self, actor: Actor) -> bool:
        return holds_scope(actor, "events:write")

    def may_change(self, actor: Actor, row: Artist | None) -> bool:
        return row is None or may_edit(actor, row)

    def store(self, actor: Actor, form: Any, row: Artist | None) -> Artist:
        now, given = timezone.now(), {name: form.cleaned_data[name] for name in _FIELDS}
        if row is None:
            return profiles.create(actor=actor, now=now, **given)
        changes: Any = {name: value for name, value in given.items() if value != getattr(row, name)}
        version = form.cleaned_data["version"]
        return profiles.edit(actor=actor, public_id=row.public_id, changes=changes, expected_version=version, now=now)

    def get_fields(self, request: HttpRequest, obj: Artist | None = None) -> Any:
        if obj is None:
            return _FIELDS
        shown = (*_FIELDS, "version") if self.has_change_permission(request, obj) else ("name", "bio", "home")
        return (*shown, "status", "owner", "contact") if sees_everything(actor_of(request, Via.ADMIN)) else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Artist | None = None) -> Any:
        return ("status", "owner", "contact") if obj else ()

    @badge(description=_("status"), ordering="status", colours=_STATES)
    def state(self, artist: Artist) -> tuple[str, str]:
        return artist.status, str(artist.get_status_display())

    @admin.display(description=_("genres"))
    def genres_in_words(self, artist: Artist) -> str:
        return ", ".join(artist.genres)
