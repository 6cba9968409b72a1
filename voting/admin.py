"""The admin's view of rounds and ballots: to look things up. What changes, changes through services."""

from typing import TYPE_CHECKING

from django.contrib import admin

from accounts.admin import ReadOnly
from voting.models import Ballot, Round, Tally

if TYPE_CHECKING:
    _RoundAdmin = admin.ModelAdmin[Round]
    _BallotAdmin = admin.ModelAdmin[Ballot]
    _TallyInline = admin.TabularInline[Tally, Round]
else:  # generic only to the type checker
    _RoundAdmin = _BallotAdmin = admin.ModelAdmin
    _TallyInline = admin.TabularInline


class TallyInline(ReadOnly, _TallyInline):
    model = Tally
    fields = ("entry", "channel", "votes")
    ordering = ("entry", "channel")


@admin.register(Round)
class RoundAdmin(ReadOnly, _RoundAdmin):
    list_display = ("event", "number", "name", "status", "opened_at", "closed_at", "revealed_at")
    list_filter = ("status",)
    list_select_related = ("event",)
    search_fields = ("=event__public_id", "event__title")
    ordering = ("-id",)
    inlines = (TallyInline,)


@admin.register(Ballot)
class BallotAdmin(ReadOnly, _BallotAdmin):
    """Whether a ballot counts and why; not whom it is for, which nobody needs to look up."""

    list_display = ("receipt", "round", "channel", "state", "reason", "received_at", "decided_by")
    fields = list_display
    list_filter = ("state", "channel")
    list_select_related = ("round", "decided_by")
    search_fields = ("=receipt", "=round__event__public_id")
    ordering = ("-id",)
