"""The admin's view of artists: to look things up. What changes, changes through services."""

from typing import TYPE_CHECKING

from django.contrib import admin

from accounts.admin import ReadOnly
from artists.models import Artist

if TYPE_CHECKING:
    _ArtistAdmin = admin.ModelAdmin[Artist]
else:
    _ArtistAdmin = admin.ModelAdmin  # generic only to the type checker


@admin.register(Artist)
class ArtistAdmin(ReadOnly, _ArtistAdmin):
    list_display = ("name", "status", "owner", "home", "created_at")
    list_filter = ("status",)
    list_select_related = ("owner",)
    search_fields = ("name", "=slug", "=public_id")
    ordering = ("name", "id")
