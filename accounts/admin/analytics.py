"""The console's page of analytics, for admins."""

import json
from datetime import UTC, datetime
from typing import cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Via, actor_of
from accounts.analytics_months import next_month
from accounts.analytics_page import analytics_page_of
from accounts.console.site import ConsoleSite
from accounts.models import AnalyticsEvent
from accounts.policies import sees_everything
from config.lib.csv_stream import csv_stream


@require_safe
def analytics(request: HttpRequest) -> HttpResponse:
    """`/admin/analytics/`: the last two weeks, and the months to take along."""
    _admins_only(request)
    page = analytics_page_of(now=timezone.now())
    context = {**admin.site.each_context(request), "title": _("Analytics"), "subtitle": None, "page": page}
    return TemplateResponse(request, "admin/accounts/analytics.html", context)


@require_safe
def month(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """`/admin/analytics/2026-11.csv`: every event of a month, the newest first."""
    _admins_only(request)
    try:
        first = datetime.strptime(key, "%Y-%m").replace(tzinfo=UTC)
    except ValueError as unknown:
        raise Http404 from unknown
    return csv_stream(
        name=f"analytics-{key}.csv",
        heads=("at", "id", "kind", "entity", "visitor", "data"),
        rows=AnalyticsEvent.objects.filter(at__gte=first, at__lt=next_month(first)),
        line=lambda row: (row.at.isoformat(), row.id, row.kind, row.entity, row.visitor, json.dumps(row.data)),
    )


def _admins_only(request: HttpRequest) -> None:
    if not sees_everything(actor_of(request, Via.ADMIN)):
        raise PermissionDenied


_console = cast(ConsoleSite, admin.site)
_console.add_page("analytics/", analytics, "analytics")
_console.add_page("analytics/<slug:key>.csv", month, "analytics-month")
