"""The admin's view of accounts: to look things up. What changes, changes through services."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Via, actor_of
from accounts.models import AuditEntry, RefreshFamily, User
from accounts.services.clients import revoke

if TYPE_CHECKING:
    _UserAdmin = admin.ModelAdmin[User]
    _ClientAdmin = admin.ModelAdmin[RefreshFamily]
    _EntryAdmin = admin.ModelAdmin[AuditEntry]
else:
    _UserAdmin = _ClientAdmin = _EntryAdmin = admin.ModelAdmin  # generic only to the type checker


class ReadOnly:
    """Nothing here can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnly, _UserAdmin):
    list_display = ("email", "name", "role", "language", "is_active", "created_at", "last_login")
    list_filter = ("role", "is_active", "language")
    search_fields = ("email", "name", "public_id")
    ordering = ("-id",)
    fields = (
        "public_id",
        "email",
        "name",
        "role",
        "language",
        "time_zone",
        "phone",
        "phone_verified_at",
        "is_active",
        "created_at",
        "last_login",
        "version",
    )


@admin.register(RefreshFamily)
class ClientAdmin(ReadOnly, _ClientAdmin):
    list_display = ("public_id", "user", "created_at", "last_used_at", "expires_at", "revoked_because")
    list_filter = ("revoked_because",)
    list_select_related = ("user",)
    search_fields = ("user__email", "public_id")
    ordering = ("-id",)
    actions = ("sign_out",)

    @admin.action(description=_("Sign out"))
    def sign_out(self, request: HttpRequest, chosen: models.QuerySet[RefreshFamily]) -> None:
        now = timezone.now()
        for family in chosen:
            revoke(actor=actor_of(request, Via.ADMIN), family=family, now=now)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, _EntryAdmin):
    list_display = ("at", "action", "subject_type", "subject_id", "channel", "who")
    list_filter = ("channel",)
    list_select_related = ("person__user",)
    search_fields = ("action", "subject_id", "request_id")
    ordering = ("-id",)

    @admin.display(description=_("who"))
    def who(self, entry: AuditEntry) -> str:
        person = getattr(entry, "person", None)
        return str(person.user or "") if person else ""
