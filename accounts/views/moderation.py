"""Reporting something, and what owners learn of what was decided about theirs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Via, actor_of
from accounts.forms.moderation import AppealForm, ReportForm
from accounts.models import Breach
from accounts.moderation_page import appeal_page_of, my_moderation_of, to_report_page
from accounts.services.appealing import appeal as make_appeal
from accounts.services.reporting import report as make_report
from config.lib.errors import NotFound, Refusal, ValidationError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, kind: str, public_id: str) -> HttpResponse:
    """`/report/<kind>/<id>/`: for everybody who sees the thing, with an account or without."""
    actor = actor_of(request, Via.PAGE)
    page = to_report_page(actor, kind, public_id)
    form, status = ReportForm(request.POST or None), 200
    if request.method == "POST":
        status = ValidationError.status
        if form.is_valid():
            reason, words = Breach(form.cleaned_data["reason"]), form.cleaned_data["words"]
            now = timezone.now()
            try:
                make_report(actor=actor, kind=kind, public_id=public_id, reason=reason, words=words, now=now)
                return redirect("reported")
            except NotFound:
                raise
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
    return render(request, "moderation/report.html", {"form": form, "page": page}, status=status)


@require_safe
def reported(request: HttpRequest) -> HttpResponse:
    """`/report/thanks/`: says what happens next. Of its own, because what was reported may be hidden by now."""
    return render(request, "moderation/reported.html")


@never_cache
@require_safe
@login_required
def my_moderation(request: HttpRequest) -> HttpResponse:
    """`/me/moderation/`: what was decided about one's own things, and what became of one's reports."""
    page = my_moderation_of(actor_of(request, Via.PAGE), now=timezone.now())
    return render(request, "me/moderation.html", {"page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def appeal(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/me/moderation/<decision>/`: once, by whoever the decision was made against."""
    actor, now = actor_of(request, Via.PAGE), timezone.now()
    form, status = AppealForm(request.POST or None), 200
    if request.method == "POST":
        status = ValidationError.status
        if form.is_valid():
            try:
                make_appeal(actor=actor, decision_id=public_id, words=form.cleaned_data["words"], now=now)
            except NotFound:
                raise
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("We have your appeal. You get a mail with the answer."))
                return redirect("my-moderation")
    page = appeal_page_of(actor, public_id, now=now)
    return render(request, "moderation/appeal.html", {"form": form, "page": page}, status=status)
