"""The console's pages of attendees: to look things up."""

from django.contrib import admin

from accounts.console import ConsoleAdmin
from events.models import Attendee


@admin.register(Attendee)
class AttendeeAdmin(ConsoleAdmin[Attendee]):
    list_display = ("public_id", "event", "phone", "email", "user", "status", "source", "joined_at")
    list_filter = ("status", "source")
    list_select_related = ("event", "phone", "email", "user")
    search_fields = ("=public_id", "=event__public_id")
    ordering = ("-id",)
