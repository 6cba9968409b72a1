"""The admin's view of events: to look things up. What changes, changes through services."""

from typing import TYPE_CHECKING

from django.contrib import admin

from accounts.admin import ReadOnly
from events.models import Attendee, Event, EventStaff, Slot, Venue

if TYPE_CHECKING:
    _VenueAdmin = admin.ModelAdmin[Venue]
    _EventAdmin = admin.ModelAdmin[Event]
    _AttendeeAdmin = admin.ModelAdmin[Attendee]
    _SlotInline = admin.TabularInline[Slot, Event]
    _StaffInline = admin.TabularInline[EventStaff, Event]
else:  # generic only to the type checker
    _VenueAdmin = _EventAdmin = _AttendeeAdmin = admin.ModelAdmin
    _SlotInline = _StaffInline = admin.TabularInline


class SlotInline(ReadOnly, _SlotInline):
    model = Slot
    fields = ("ballot_number", "artist", "invite_status", "set_at", "position")
    ordering = ("ballot_number",)


class StaffInline(ReadOnly, _StaffInline):
    model = EventStaff
    fields = ("user", "role")


@admin.register(Venue)
class VenueAdmin(ReadOnly, _VenueAdmin):
    list_display = ("name", "city", "country", "timezone")
    search_fields = ("name", "city")
    ordering = ("name", "id")


@admin.register(Event)
class EventAdmin(ReadOnly, _EventAdmin):
    list_display = ("title", "status", "access", "starts_at", "venue", "join_keyword", "owner")
    list_filter = ("status", "access")
    list_select_related = ("venue", "owner")
    search_fields = ("title", "=join_keyword", "=public_id", "=slug")
    ordering = ("-id",)
    inlines = (SlotInline, StaffInline)


@admin.register(Attendee)
class AttendeeAdmin(ReadOnly, _AttendeeAdmin):
    list_display = ("public_id", "event", "phone", "email", "user", "status", "source", "joined_at")
    list_filter = ("status", "source")
    list_select_related = ("event", "phone", "email", "user")
    search_fields = ("=public_id", "=event__public_id")
    ordering = ("-id",)
