"""The console's pages of imports: upload a list, look at what would be imported, import it, see what came of it."""

from typing import Any, Final, cast

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor, Via, actor_of
from accounts.console.site import ConsoleSite
from config.lib.errors import Refusal
from config.lib.numerals import written
from events.attendee_csv import MOST_BYTES
from events.console.attendee_forms import UploadForm
from events.console.import_page import import_page_of, refused_file
from events.models import Attendee, AttendeeImport
from events.policies import import_to_run
from events.services import attendee_imports
from events.tasks import wake_importer

_BOM: Final = "\ufeff"  # without it spreadsheets do not take a file for UTF-8


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """`/admin/events/attendee/import/`: the file goes in; nobody is imported yet."""
    actor = actor_of(request, Via.ADMIN)
    form = UploadForm(
        request.POST or None, request.FILES or None, actor=actor, initial={"event": request.GET.get("event", "")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("admin:attendee-import", _kept(actor, form).public_id)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    return _page(request, "upload", {"form": form, "title": _("Import a list")})


@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/import/<id>/`: POST imports, or takes the file away again."""
    actor = actor_of(request, Via.ADMIN)
    found = _found(actor, public_id)
    if request.method != "POST":
        return _import_page(request, found)
    if "discard" in request.POST:
        attendee_imports.discard(actor=actor, import_id=public_id, now=timezone.now())
        messages.info(request, _("The file is deleted. Nobody was imported."))
        return redirect("admin:attendee-upload")
    try:
        attendee_imports.start(actor=actor, import_id=public_id, now=timezone.now())
    except Refusal as refusal:
        return _import_page(request, found, refusal)
    transaction.on_commit(lambda: wake_importer(found.pk), robust=True)
    return redirect("admin:attendee-import", public_id)


@require_safe
def progress(request: HttpRequest, public_id: str) -> JsonResponse:
    """`…/import/<id>/progress/`: how far it is, in rows."""
    found = _found(actor_of(request, Via.ADMIN), public_id)
    done, total = found.position, found.rows - found.refused
    words = _("%(done)s of %(total)s") % {"done": written(done), "total": written(total)}
    answer = {"status": found.status, "done": done, "total": total, "words": words}
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


@require_safe
def refused(request: HttpRequest, public_id: str) -> HttpResponse:
    """`…/import/<id>/refused.csv`: every refused row, to be mended and uploaded again."""
    found = _found(actor_of(request, Via.ADMIN), public_id)
    text = refused_file(found, head=[_("Line"), _("Value"), _("What is wrong")])
    headers = {"Content-Disposition": 'attachment; filename="refused.csv"'}
    return HttpResponse(_BOM + text, content_type="text/csv; charset=utf-8", headers=headers)


def _kept(actor: Actor, form: UploadForm) -> AttendeeImport:
    """The upload, stored. Of a file that is too large only so much is read as shows it."""
    file = form.cleaned_data["file"]
    return attendee_imports.upload(
        actor=actor,
        public_id=form.cleaned_data["event"].public_id,
        file_name=file.name,
        data=file.read(MOST_BYTES + 1),
        now=timezone.now(),
    )


def _found(actor: Actor, public_id: str) -> AttendeeImport:
    try:
        return import_to_run(actor, public_id)
    except Refusal as nothing:
        raise Http404 from nothing


def _import_page(request: HttpRequest, found: AttendeeImport, refusal: Refusal | None = None) -> HttpResponse:
    context = {"page": import_page_of(found), "refusal": refusal, "title": _("Import a list")}
    return _page(request, "import", context, status=refusal.status if refusal else 200)


def _page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    whole = {**admin.site.each_context(request), "subtitle": None, "opts": Attendee._meta, **context}
    return TemplateResponse(request, f"events/attendees/{name}.html", whole, status=status)


_console = cast(ConsoleSite, admin.site)
_console.add_page("events/attendee/import/", upload, "attendee-upload")
_console.add_page("events/attendee/import/<slug:public_id>/", import_, "attendee-import")
_console.add_page("events/attendee/import/<slug:public_id>/progress/", progress, "attendee-progress")
_console.add_page("events/attendee/import/<slug:public_id>/refused.csv", refused, "attendee-refused")
