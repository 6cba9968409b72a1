"""The console's page of signed-in clients."""

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actors import Via, actor_of
from accounts.console import ConsoleAdmin
from accounts.models import RefreshFamily
from accounts.services.clients import revoke


@admin.register(RefreshFamily)
class ClientAdmin(ConsoleAdmin[RefreshFamily]):
    nothing_yet = _("Apps that people have signed in to with their account stand here, with when they were last used.")
    list_display = ("public_id", "user", "created_at", "last_used_at", "expires_at", "revoked_because")
    list_filter = ("revoked_because",)
    list_select_related = ("user",)
    search_fields = ("user__email", "public_id")
    ordering = ("-id",)
    actions = ("sign_out",)

    @admin.action(description=_("Sign out"))
    def sign_out(self, request: HttpRequest, chosen: models.QuerySet[RefreshFamily]) -> None:
        now, families = timezone.now(), list(chosen)
        for family in families:
            revoke(actor=actor_of(request, Via.ADMIN), family=family, now=now)
        count = len(families)
        said = ngettext("%(number)s client is signed out.", "%(number)s clients are signed out.", count)
        messages.success(request, said % {"number": count})
