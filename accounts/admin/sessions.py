"""The console's page of signed-in browsers."""

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actors import Actor, Via, actor_of
from accounts.console import ConsoleAdmin
from accounts.devices import device_of
from accounts.models import BrowserSession
from accounts.services.sessions import end_session


@admin.register(BrowserSession)
class BrowserSessionAdmin(ConsoleAdmin[BrowserSession]):
    """Whose browser, what it is, where from and when; never what it holds, nor its key."""

    list_display = ("device", "user", "looked_by", "address", "created_at", "last_seen_at")
    nothing_yet = _("Browsers that somebody is signed in with stand here.")
    list_select_related = ("user", "impersonation__admin")
    fields = ("user", "looked_by", "device", "user_agent", "address", "created_at", "last_seen_at", "ends_at")
    readonly_fields = ("device", "looked_by")
    search_fields = ("user__email", "public_id", "=address")
    ordering = ("-last_seen_at", "-id")
    actions = ("sign_out",)

    def rows(self, actor: Actor) -> "models.QuerySet[BrowserSession]":
        return super().rows(actor).filter(user__isnull=False, expire_date__gt=timezone.now())

    @admin.display(description=_("device"))
    def device(self, session: BrowserSession) -> str:
        return str(device_of(session.user_agent))

    @admin.display(description=_("looked at by"))
    def looked_by(self, session: BrowserSession) -> str:
        """The admin who looks at the site as them there; "" where it is themselves."""
        look = session.impersonation
        return look.admin.known_as if look and look.admin else ""

    @admin.action(description=_("Sign out"))
    def sign_out(self, request: HttpRequest, chosen: "models.QuerySet[BrowserSession]") -> None:
        now, sessions = timezone.now(), list(chosen)
        for session in sessions:
            end_session(actor=actor_of(request, Via.ADMIN), session=session, now=now)
        count = len(sessions)
        said = ngettext("%(number)s browser is signed out.", "%(number)s browsers are signed out.", count)
        messages.success(request, said % {"number": count})
