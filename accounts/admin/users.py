"""The console's page of users."""

from typing import Final

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.console import ConsoleAdmin
from accounts.console.badges import Colour, badge
from accounts.models import Role, User

_ROLES: Final[dict[str, Colour]] = {Role.ADMIN: "danger", Role.ORGANIZER: "warning", Role.ARTIST: "info"}


@admin.register(User)
class UserAdmin(ConsoleAdmin[User]):
    list_display = ("email", "name", "role_badge", "language", "is_active", "created_at", "last_login")
    list_filter = ("role", "is_active", "language")
    search_fields = ("email", "name", "public_id")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": (("email", "name"), ("role", "is_active"), ("language", "time_zone"))}),
        (_("Phone"), {"fields": (("phone", "phone_verified_at"),)}),
        (_("Since"), {"fields": (("created_at", "last_login"), "public_id")}),
    )

    @badge(description=_("role"), ordering="role", colours=_ROLES)
    def role_badge(self, user: User) -> tuple[str, str]:
        return user.role, str(user.get_role_display())
