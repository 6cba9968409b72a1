"""The console's page of API keys."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actors import Actor, Via, actor_of
from accounts.api_keys import prefix_of
from accounts.console import ConsoleAdmin
from accounts.models import ApiKey
from accounts.policies import sees_everything
from accounts.services.keys import limit_key, revoke_as_admin


@admin.register(ApiKey)
class ApiKeyAdmin(ConsoleAdmin[ApiKey]):
    """Who holds which keys. An admin may revoke one and give it a limit of its own; the key itself nobody knows."""

    nothing_yet = _("Keys that people make for their programs stand here, with when they were last used.")
    list_display = ("name", "prefix", "user", "created_at", "last_used_at", "expires_at", "revoked_because")
    list_filter = ("revoked_because",)
    list_select_related = ("user",)
    search_fields = ("user__email", "public_id", "name")
    ordering = ("-id",)
    fields = (
        "name",
        "prefix",
        "user",
        "scopes",
        "requests",
        ("created_at", "expires_at"),
        "last_used_at",
        ("revoked_at", "revoked_because"),
    )
    readonly_fields = (
        "name",
        "prefix",
        "user",
        "scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
        "revoked_because",
    )
    actions = ("revoke",)

    @admin.display(description=_("begins with"))
    def prefix(self, key: ApiKey) -> str:
        return prefix_of(key.public_id)

    def may_change(self, actor: Actor, row: ApiKey | None) -> bool:
        return sees_everything(actor) and (row is None or row.revoked_at is None)

    def store(self, actor: Actor, form: Any, row: ApiKey | None) -> ApiKey:
        assert row is not None
        return limit_key(actor=actor, key=row, requests=form.cleaned_data["requests"], now=timezone.now())

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, chosen: models.QuerySet[ApiKey]) -> None:
        now, actor = timezone.now(), actor_of(request, Via.ADMIN)
        count = sum(revoke_as_admin(actor=actor, key=key, now=now) for key in chosen)
        said = ngettext("%(number)s key is revoked.", "%(number)s keys are revoked.", count)
        messages.success(request, said % {"number": count})
