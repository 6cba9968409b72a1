"""The console's pages of moderation: the queue, a case, and its steps, each asked about first."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.db import models
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
from accounts.forms.moderation import AnswerForm, DecisionForm
from accounts.models import Breach, Case, CaseState, Outcome, Priority, Verdict
from accounts.moderation_page import CasePage, case_page_of, titles_of
from accounts.reportables import kind_labelled
from accounts.services.appealing import answer
from accounts.services.moderating import decide, trust
from config.lib.errors import NotFound, Refusal, ValidationError

_WAITING: Final = (CaseState.OPEN, CaseState.HELD, CaseState.APPEALED)
_STATE_COLOURS: Final[dict[str, Colour]] = {
    CaseState.OPEN: "info",
    CaseState.HELD: "warning",
    CaseState.APPEALED: "warning",
    CaseState.DECIDED: "danger",
}
_PRIORITY_COLOURS: Final[dict[int, Colour]] = {Priority.URGENT: "danger", Priority.HIGH: "warning"}
_ANSWER: Final = "answer"
_DONE: Final[dict[str, str | Promise]] = {
    Verdict.KEEP: _("Kept. Nothing changes for anybody."),
    Verdict.HOLD: _("On hold: only its owner and admins see it now."),
    Verdict.REMOVE: _("Removed. Its owner is told why, and how to appeal."),
    Verdict.RESTORE: _("Shown again."),
    _ANSWER: _("The appeal is answered. Its owner is told."),
}
_WILL: Final[dict[str, str | Promise]] = {
    Verdict.KEEP: _("It stays, or is shown again if it was on hold. Reports alone will not hide it for a while."),
    Verdict.HOLD: _("It is hidden at once, everywhere, until you or another admin decides."),
    Verdict.REMOVE: _("It is hidden at once, everywhere. Its owner gets a mail with your reason and can appeal."),
    Verdict.RESTORE: _("It is shown again at once, and the case is closed."),
    _ANSWER: _("Undone, it is shown again at once. Its owner gets a mail with your answer."),
}


class _Waiting(admin.SimpleListFilter):
    """What somebody has to do something about, unless asked for something else."""

    title, parameter_name = _("state"), "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", str(_("All of them"))), *((str(value), str(words)) for value, words in CaseState.choices)]

    def choices(self, changelist: Any) -> Any:
        chosen = list(super().choices(changelist))
        chosen[0]["display"] = _("To be decided")
        return chosen

    def queryset(self, request: HttpRequest, queryset: "models.QuerySet[Case]") -> "models.QuerySet[Case]":
        match self.value():
            case None:
                return queryset.filter(state__in=_WAITING)
            case "all":
                return queryset
            case state:
                return queryset.filter(state=state)


@admin.register(Case)
class CaseAdmin(ConsoleAdmin[Case]):
    """The most urgent first, then the oldest. What is decided stays to be found."""

    list_display = ("what", "kind", "urgency", "standing", "reported", "opened_at")
    list_filter = (_Waiting, "priority")
    search_fields = ("=subject_id", "=public_id", "=owner__email")
    ordering = ("-priority", "opened_at", "id")
    list_per_page = 50
    nothing_yet = _("Nothing waits for you. What people report stands here, the most urgent first.")

    def rows(self, actor: Actor) -> "models.QuerySet[Case]":
        return super().rows(actor).annotate(reported=models.Count("reports"))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The things of a page are named together."""
        listed = super().get_changelist_instance(request)
        titles = titles_of(listed.result_list)
        for case in listed.result_list:
            case.title = titles.get((case.subject_type, case.subject_id), _("No longer there"))
        return listed

    @admin.display(description=_("what"))
    def what(self, case: Case) -> str:
        return str(getattr(case, "title", case))

    @admin.display(description=_("kind"))
    def kind(self, case: Case) -> str:
        return str(kind_labelled(case.subject_type).words)

    @badge(description=_("priority"), ordering="priority", colours=_PRIORITY_COLOURS)
    def urgency(self, case: Case) -> tuple[int, str | Promise]:
        return case.priority, Priority(case.priority).label

    @badge(description=_("state"), ordering="state", colours=_STATE_COLOURS)
    def standing(self, case: Case) -> tuple[str, str | Promise]:
        return case.state, CaseState(case.state).label

    @admin.display(description=_("reports"), ordering="reported")
    def reported(self, case: Case) -> int:
        return int(getattr(case, "reported", 0))

    # --- a case and its steps ---

    def get_urls(self) -> list[Any]:
        of_case = [
            path("<path:object_id>/change/", self._page(self.case_view), name="accounts_case_change"),
            path("<int:pk>/step/<slug:name>/", self._page(self.step_view), name="accounts_case_step"),
            path("<int:pk>/trust/<slug:report_id>/", self._page(self.trust_view), name="accounts_case_trust"),
        ]
        others = (entry for entry in super().get_urls() if entry.name != "accounts_case_change")
        return [*of_case, *others]

    def _page(self, view: Callable[..., HttpResponse]) -> Any:
        return self.admin_site.admin_view(view)

    def case_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was reported, by whom, what was decided, and what can be decided now."""
        case = self._case(request, object_id)
        page = case_page_of(actor_of(request, Via.ADMIN), case.public_id)
        return self._answer(request, "admin/accounts/moderation/case.html", page, {"title": page.title})

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Says what the step will do; done with a reason alone."""
        actor = actor_of(request, Via.ADMIN)
        page = case_page_of(actor, self._case(request, str(pk)).public_id)
        if name not in _WILL:
            raise Http404
        form = self._form(request, page, name)
        if request.method != "POST":
            return self._step_page(request, page, name, form)
        if not form.is_valid():
            return self._step_page(request, page, name, form, status=ValidationError.status)
        try:
            self._take(actor, page.case, name, form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
            return self._step_page(request, page, name, form, status=refusal.status)
        messages.success(request, str(_DONE[name]))
        return redirect("admin:accounts_case_change", pk)

    @staticmethod
    def _form(request: HttpRequest, page: CasePage, name: str) -> AnswerForm | DecisionForm:
        """Begins with what most reports say."""
        reported = [report.code for report in page.reports]
        initial = {"version": page.case.version, "reason": max(reported, key=reported.count, default=Breach.OTHER)}
        return (AnswerForm if name == _ANSWER else DecisionForm)(request.POST or None, initial=initial)

    def _step_page(
        self, request: HttpRequest, page: CasePage, name: str, form: AnswerForm | DecisionForm, *, status: int = 200
    ) -> TemplateResponse:
        context = {
            "title": _("Answer the appeal") if name == _ANSWER else Verdict(name).label,
            "form": form,
            "choices": [form[field] for field in ("reason", "outcome") if field in form.fields],
            "step": name,
            "will": _WILL[name],
            "below": True,
        }
        return self._answer(request, "admin/accounts/moderation/step.html", page, context, status=status)

    @staticmethod
    def _take(actor: Actor, case: Case, step: str, given: dict[str, Any]) -> None:
        seen = {"actor": actor, "case_id": case.public_id, "version": given["version"], "now": timezone.now()}
        if step == _ANSWER:
            answer(outcome=Outcome(given["outcome"]), words=given["words"], **seen)
        else:
            decide(verdict=Verdict(step), reason=Breach(given["reason"]), words=given["words"], **seen)

    def trust_view(self, request: HttpRequest, pk: int, report_id: str) -> HttpResponse:
        """Takes a POST: whether the reports of whoever made this one hold something alone."""
        case = self._case(request, str(pk))
        if request.method == "POST":
            trusted = request.POST.get("trusted") == "yes"
            try:
                trust(actor=actor_of(request, Via.ADMIN), report_id=report_id, trusted=trusted, now=timezone.now())
            except NotFound as nobody:
                raise Http404 from nobody
        return redirect("admin:accounts_case_change", case.pk)

    def _case(self, request: HttpRequest, object_id: str) -> Case:
        if not self.has_view_permission(request):
            raise Http404
        return self.get_object(request, object_id)

    def _answer(
        self, request: HttpRequest, template: str, page: CasePage, context: dict[str, Any], *, status: int = 200
    ) -> TemplateResponse:
        shared = {**self.admin_site.each_context(request), "subtitle": None, "opts": self.opts, "original": page.case}
        named = {"page": page, "name": page.title}
        return TemplateResponse(request, template, shared | named | context, status=status)
