"""Filters of lists about events."""

from typing import Any, Final

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.actors import Via, actor_of
from events.policies import events_run_by

_EVENTS_IN_FILTER: Final = 30


class OwnEvents(SimpleListFilter):
    """By event: the newest of those that are theirs. For models with a column `event`."""

    title = gettext_lazy("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        newest = events_run_by(actor_of(request, Via.ADMIN)).order_by("-starts_at", "-pk")[:_EVENTS_IN_FILTER]
        return [(str(event.pk), event.title) for event in newest]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        wanted = self.value()
        if wanted is None:
            return queryset
        return queryset.filter(event=int(wanted)) if wanted.isdecimal() else queryset.none()
