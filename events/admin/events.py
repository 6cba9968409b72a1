"""The console's pages of events: the night as its organizer makes it, and its life in steps."""

from typing import Any, Final

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Via, actor_of
from accounts.console import ConsoleAdmin
from accounts.console.badges import Colour, badge
from accounts.console.subjects import register_subjects
from accounts.policies import holds_scope, sees_everything
from config.lib.errors import Refusal
from events.admin.lineup import InvitationInline, SlotInline
from events.console.event_form import EventForm
from events.console.figures import figures_of, with_figures
from events.console.head import head_of, when_of
from events.console.steps import BY_NAME, Step
from events.console.ways import ways_of
from events.models import Event, EventStatus
from events.policies import events_run_by, topics_run_by
from events.querysets import EventQuerySet
from events.services import events
from messaging.console import register_topics

_WRITTEN: Final = (
    (None, {"fields": ("title", "description", "venue", "doors_at", "starts_at", "ends_at", "version")}),
    (_("Who comes"), {"fields": ("access", "join_keyword", ("category", "tags"))}),
    (_("The vote"), {"fields": ("method", "results")}),
)
_OVER: Final = (
    (None, {"fields": ("title", "description", "venue", "when")}),
    (_("Who came"), {"fields": ("access", "join_keyword", ("category", "tags"))}),
)
_COLOURS: Final[dict[str, Colour]] = {
    EventStatus.DRAFT: "warning",
    EventStatus.PUBLISHED: "info",
    EventStatus.LIVE: "success",
    EventStatus.CANCELLED: "danger",
}


@admin.register(Event)
class EventAdmin(ConsoleAdmin[Event]):
    form = EventForm
    list_display = ("title", "state", "when", "venue", "joined", "join_keyword")
    list_filter = ("status", "access")
    list_per_page = 50
    search_fields = ("title", "=join_keyword", "=public_id", "=slug", "venue__name", "venue__city", "=owner__email")
    ordering = ("-starts_at", "-id")
    nothing_yet = _("Your nights stand here, with how far they are and who has joined. Make the first one.")
    autocomplete_fields = ("venue",)
    change_form_outer_before_template = "events/admin/head.html"

    # --- who may what ---

    def rows(self, actor: Actor) -> EventQuerySet:
        return with_figures(events_run_by(actor))

    def may_look(self, actor: Actor) -> bool:
        return holds_scope(actor, "events:write")

    def may_add(self, actor: Actor) -> bool:
        return holds_scope(actor, "events:write")

    def may_change(self, actor: Actor, row: Event | None) -> bool:
        """Once it is over it stays as it is."""
        return holds_scope(actor, "events:write") and (row is None or row.status in events.EDITABLE)

    def store(self, actor: Actor, form: Any, row: Event | None) -> Event:
        now = timezone.now()
        if row is None:
            return events.create(actor=actor, now=now, **form.given({}))
        version = form.cleaned_data["version"]
        changes = form.changes(row)
        return events.edit(actor=actor, public_id=row.public_id, changes=changes, expected_version=version, now=now)

    # --- the list ---

    def get_list_display(self, request: HttpRequest) -> Any:
        """Whose it is matters to those who see everybody's."""
        shown = super().get_list_display(request)
        return (*shown, "owner") if sees_everything(actor_of(request, Via.ADMIN)) else shown

    @badge(description=_("status"), ordering="status", colours=_COLOURS)
    def state(self, event: Event) -> tuple[str, str]:
        return event.status, str(event.get_status_display())

    @admin.display(description=_("when"), ordering="starts_at")
    def when(self, event: Event) -> str:
        return when_of(event)

    @admin.display(description=_("joined"))
    def joined(self, event: Event) -> int:
        return figures_of(event).joined

    # --- one event ---

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        if obj is None:
            return [(title, {**options, "fields": _without_version(options["fields"])}) for title, options in _WRITTEN]
        return _WRITTEN if self.has_change_permission(request, obj) else _OVER

    def get_readonly_fields(self, request: HttpRequest, obj: Event | None = None) -> Any:
        return () if obj is None or self.has_change_permission(request, obj) else ("when",)

    def get_inlines(self, request: HttpRequest, obj: Event | None) -> list[Any]:
        """A line-up needs an event to be on."""
        if obj is None:
            return []
        return [SlotInline, InvitationInline] if self.has_change_permission(request, obj) else [SlotInline]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        event = self.get_object(request, object_id)
        may_run = holds_scope(actor_of(request, Via.ADMIN), "events:write")
        context = {"head": head_of(event, may_run=may_run), "title": event.title, "subtitle": None}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    # --- its life ---

    def get_urls(self) -> list[Any]:
        step = self.admin_site.admin_view(self.step_view)
        return [path("<int:pk>/step/<slug:name>/", step, name="events_event_step"), *super().get_urls()]

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Says what the step will do; when asked to, does it."""
        event, step = self.get_object(request, str(pk)), BY_NAME.get(name)
        if step is None:
            raise Http404
        if request.method != "POST":
            return self._step_page(request, event, step)
        try:
            step.service(actor=actor_of(request, Via.ADMIN), public_id=event.public_id, now=timezone.now())
        except Refusal as refusal:
            return self._step_page(request, self.get_object(request, str(pk)), step, refusal)
        messages.success(request, str(step.done))
        if step.to is None:
            return redirect("admin:events_event_changelist")
        return redirect("admin:events_event_change", pk)

    def _step_page(
        self, request: HttpRequest, event: Event, step: Step, refusal: Refusal | None = None
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": step.label,
            "subtitle": None,
            "below": True,
            "opts": self.opts,
            "original": event,
            "event": event,
            "head": head_of(event, may_run=True),
            "step": step,
            "possible": step.offered(event.status) and refusal is None,
            "refusal": refusal,
        }
        status = refusal.status if refusal else 200
        return TemplateResponse(request, "events/admin/step.html", context, status=status)


register_subjects("events.event", lambda actor: events_run_by(actor).values("public_id"))
register_topics(topics_run_by, ways_of)


def _without_version(fields: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(field for field in fields if field != "version")
