"""The console's page of jobs, for admins."""

from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Actor, Via, actor_of
from accounts.broker import workers
from accounts.console.site import ConsoleSite
from accounts.job_sections import section_named
from accounts.jobs_page import jobs_page
from accounts.policies import sees_everything
from config.lib.errors import NotFound, Refusal, Unavailable


def _admin(request: HttpRequest) -> Actor:
    actor = actor_of(request, Via.ADMIN)
    if not sees_everything(actor):
        raise PermissionDenied
    return actor


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """`/admin/jobs/`."""
    _admin(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Jobs"),
        "subtitle": None,
        "page": jobs_page(now=timezone.now()),
    }
    return TemplateResponse(request, "admin/accounts/jobs/page.html", context)


@require_safe
def jobs_workers(request: HttpRequest) -> HttpResponse:
    """`/admin/jobs/workers/`: a part of the page, asked for once it is there: workers get a second to answer."""
    _admin(request)
    try:
        found, is_away = workers(), False
    except Unavailable:
        found, is_away = [], True
    return render(request, "admin/accounts/jobs/workers.html", {"workers": found, "is_away": is_away})


@require_POST
def jobs_redrive(request: HttpRequest, key: str, public_id: str) -> HttpResponse:
    """`/admin/jobs/<section>/<public id>/again/`: start one once more, by its app's own service."""
    actor, section = _admin(request), section_named(key)
    if section.redrive is None:
        raise NotFound
    try:
        section.redrive(actor, public_id, timezone.now())
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Started once more."))
    return redirect("admin:jobs")


_console = cast(ConsoleSite, admin.site)
_console.add_page("jobs/", jobs, "jobs")
_console.add_page("jobs/workers/", jobs_workers, "jobs-workers")
_console.add_page("jobs/<slug:key>/<slug:public_id>/again/", jobs_redrive, "jobs-redrive")
