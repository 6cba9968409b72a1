"""The console's pages of rounds and ballots, and the control room below an event's address."""

from typing import Any, Final, cast

from django.contrib import admin, messages
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Via, actor_of
from accounts.console import ConsoleAdmin
from accounts.console.badges import Colour, badge
from accounts.console.site import ConsoleSite
from accounts.console.subjects import register_subjects
from accounts.policies import holds_scope
from config.lib.errors import Refusal
from events.console.filters import OwnEvents
from events.console.wall_clock import by_the_venue
from voting import control_steps, control_views
from voting.console.head import head_of
from voting.console.round_form import RoundForm
from voting.control_steps import Action, Step
from voting.models import Ballot, BallotState, Round, RoundStatus
from voting.policies import SCOPE, rounds_run_by
from voting.querysets import RoundQuerySet
from voting.services import rounds
from voting.vote import why_not_counted

_COLOURS: Final[dict[str, Colour]] = {
    RoundStatus.OPEN: "success",
    RoundStatus.CLOSING: "success",
    RoundStatus.CLOSED: "warning",
    RoundStatus.REVEALED: "info",
    RoundStatus.DISPUTED: "danger",
}
_DECISIONS: Final[dict[str, Colour]] = {BallotState.ACCEPTED: "success", BallotState.REJECTED: "danger"}
_STEPS: Final = (Action.OPEN_ROUND, Action.CLOSE_ROUND, Action.REVEAL_ROUND)


@admin.register(Round)
class RoundAdmin(ConsoleAdmin[Round]):
    """Planned and edited here, while planned; moved on by its steps, each asked about first."""

    form = RoundForm
    list_display = ("name_or_number", "event", "state", "opened", "closed", "revealed")
    list_filter = (OwnEvents, "status")
    list_select_related = ("event__venue",)
    search_fields = ("name", "=event__public_id", "event__title")
    ordering = ("-event_id", "-number")
    nothing_yet = _("A round is one vote: who takes part, when it opens, when it closes. Plan the first one.")
    autocomplete_fields = ("event",)
    change_form_outer_before_template = "voting/admin/head.html"
    readonly_fields = ("opened", "closed", "revealed")
    opened = by_the_venue("opened_at", _("opened"), lambda row: row.event.venue.timezone)
    closed = by_the_venue("closed_at", _("closed"), lambda row: row.event.venue.timezone)
    revealed = by_the_venue("revealed_at", _("revealed"), lambda row: row.event.venue.timezone)

    # --- who may what ---

    def rows(self, actor: Actor) -> RoundQuerySet:
        return rounds_run_by(actor)

    def may_look(self, actor: Actor) -> bool:
        return holds_scope(actor, SCOPE)

    def may_add(self, actor: Actor) -> bool:
        return holds_scope(actor, SCOPE)

    def may_change(self, actor: Actor, row: Round | None) -> bool:
        """Once it has opened it stays as it is."""
        return holds_scope(actor, SCOPE) and (row is None or row.status == RoundStatus.PLANNED)

    def store(self, actor: Actor, form: Any, row: Round | None) -> Round:
        now = timezone.now()
        if row is None:
            event = form.cleaned_data["event"]
            return rounds.plan(actor=actor, public_id=event.public_id, changes=form.given(), now=now)
        return rounds.edit(
            actor=actor,
            public_id=row.event.public_id,
            number=row.number,
            changes=form.changes(row),
            expected_version=form.cleaned_data["version"],
            now=now,
        )

    # --- the list ---

    @admin.display(description=_("round"), ordering="number")
    def name_or_number(self, round_: Round) -> str:
        return f"{round_.number} {round_.name}".strip()

    @badge(description=_("status"), ordering="status", colours=_COLOURS)
    def state(self, round_: Round) -> tuple[str, str]:
        return round_.status, str(round_.get_status_display())

    # --- one round ---

    def name_of(self, row: Round) -> str:
        return f"{row.event}, {row.title}"

    def get_fields(self, request: HttpRequest, obj: Round | None = None) -> Any:
        if obj is None:
            return ("event", "name", "opens_at", "closes_at")
        if self.has_change_permission(request, obj):
            return ("name", "opens_at", "closes_at", "artists", "version")
        return ("event", "number", "name", "opened", "closed", "revealed")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        round_ = self.get_object(request, object_id)
        context = {"head": head_of(round_), "title": str(round_.event), "subtitle": str(round_)}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    # --- its life ---

    def get_urls(self) -> list[Any]:
        step = self.admin_site.admin_view(self.step_view)
        return [path("<int:pk>/step/<slug:action>/", step, name="voting_round_step"), *super().get_urls()]

    def step_view(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Says what the step will do; when asked to, does it."""
        round_ = self.get_object(request, str(pk))
        step = control_steps.step_named(action, round_.number)
        if step is None or step.action not in _STEPS:
            raise Http404
        if request.method != "POST":
            return self._step_page(request, round_, step)
        actor = actor_of(request, Via.ADMIN)
        try:
            control_steps.perform(actor=actor, event=round_.event, step=step, now=timezone.now())
        except Refusal as refusal:
            return self._step_page(request, self.get_object(request, str(pk)), step, refusal)
        messages.success(request, step.done)
        return redirect("admin:voting_round_change", pk)

    def _step_page(
        self, request: HttpRequest, round_: Round, step: Step, refusal: Refusal | None = None
    ) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": step.label,
            "subtitle": None,
            "opts": self.opts,
            "original": round_,
            "below": True,
            "name": self.name_of(round_),
            "head": head_of(round_),
            "step": step,
            "refusal": refusal,
        }
        status = refusal.status if refusal else 200
        return TemplateResponse(request, "voting/admin/step.html", context, status=status)


@admin.register(Ballot)
class BallotAdmin(ConsoleAdmin[Ballot]):
    """Whether a ballot counts and why; not whom it is for, which nobody needs to look up."""

    list_display = ("receipt", "which_round", "channel", "decision", "why", "received")
    nothing_yet = _("Every vote stands here once it is cast: whether it counts, never whom it is for.")
    fields = ("receipt", "round", "channel", "state", "why", "received", "decided_by")
    readonly_fields = ("why", "received")
    list_filter = ("state", "channel")
    list_select_related = ("round__event__venue",)
    received = by_the_venue("received_at", _("received"), lambda row: row.round.event.venue.timezone)
    search_fields = ("=receipt", "=round__event__public_id")
    ordering = ("-id",)

    def rows(self, actor: Actor) -> "QuerySet[Ballot]":
        return Ballot.objects.filter(round__in=rounds_run_by(actor))

    def name_of(self, row: Ballot) -> str:
        return str(_("Receipt %(receipt)s")) % {"receipt": row.receipt}

    @admin.display(description=_("round"), ordering="round")
    def which_round(self, ballot: Ballot) -> str:
        return f"{ballot.round.event}, {ballot.round.title}"

    @badge(description=_("status"), ordering="state", colours=_DECISIONS)
    def decision(self, ballot: Ballot) -> tuple[str, str]:
        return ballot.state, str(ballot.get_state_display())

    @admin.display(description=_("why"), ordering="reason")
    def why(self, ballot: Ballot) -> str | Promise:
        return why_not_counted(ballot.reason) if ballot.reason else ""

    def may_look(self, actor: Actor) -> bool:
        return holds_scope(actor, SCOPE)


def _ids_of(actor: Actor) -> "QuerySet[Any, Any]":
    return rounds_run_by(actor).annotate(filed=Cast("pk", TextField())).values("filed")


register_subjects("voting.round", _ids_of)

_console = cast(ConsoleSite, admin.site)
_console.add_page("events/event/<int:pk>/control/", control_views.control, "control-room", in_theme=False)
_console.add_page("events/event/<int:pk>/control/snapshot/", control_views.snapshot, "control-snapshot", in_theme=False)
