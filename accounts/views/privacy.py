"""`/me/privacy/`: what is held about somebody, a copy of it, and being forgotten."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Via, actor_of
from accounts.forms.privacy import EraseForm
from accounts.models import Erasure, User
from accounts.privacy_page import privacy_page_of
from accounts.proofs import recently_proved
from accounts.services.erasures import erasure_at, request_erasure, terms_for
from accounts.services.exports import ExportGone, open_export, request_export
from accounts.tasks import wake_eraser, wake_exporter
from config.lib.downloads import download
from config.lib.errors import Refusal

_FILE_NAME = "fanfare-my-data.zip"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_privacy(request: HttpRequest) -> HttpResponse:
    """Its one form asks for a copy."""
    actor, now = actor_of(request, Via.PAGE), timezone.now()
    if request.method != "POST":
        return render(request, "me/privacy.html", {"page": privacy_page_of(actor, now=now)})
    try:
        export = request_export(actor=actor, now=now)
        transaction.on_commit(lambda: wake_exporter(export.pk), robust=True)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("my-privacy")


@never_cache
@require_safe
@login_required
def my_copy(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file, for its owner. Raises NotFound, ExportGone."""
    try:
        export, file = open_export(actor=actor_of(request, Via.PAGE), public_id=public_id, now=timezone.now())
    except ExportGone as refusal:
        messages.error(request, str(refusal))
        return redirect("my-privacy")
    return download(file, name=_FILE_NAME, size=export.size, content_type="application/zip")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def erase_me(request: HttpRequest) -> HttpResponse:
    """Says what goes and what stays; whoever types it out is forgotten."""
    assert isinstance(request.user, User)
    recently = recently_proved(request)
    form = EraseForm(request.POST or None, user=request.user, recently=recently)
    if request.method == "POST" and form.is_valid() and (erasure := _asked(request, form, recently=recently)):
        transaction.on_commit(lambda: wake_eraser(erasure.pk), robust=True)
        logout(request)
        return redirect("erasure", public_id=erasure.public_id)
    terms = terms_for(actor_of(request, Via.PAGE))
    status = 200 if request.method != "POST" else form.refused_with
    return render(request, "me/erase.html", {"form": form, "terms": terms}, status=status)


def _asked(request: HttpRequest, form: EraseForm, *, recently: bool) -> Erasure | None:
    """The erasure that has begun; without one the form says why."""
    actor, now = actor_of(request, Via.PAGE), timezone.now()
    try:
        return request_erasure(actor=actor, password=form.typed_password(), recently=recently, now=now)
    except Refusal as refusal:
        form.refuse(refusal)
        return None


@never_cache
@require_safe
def erasure(request: HttpRequest, public_id: str) -> HttpResponse:
    """How far it is, for whoever was given the address: nobody is left who could sign in. Raises NotFound."""
    found = erasure_at(public_id)
    return render(request, "account/erasure.html", {"erasure": found, "title": _title(found)})


def _title(found: Erasure) -> str:
    return _("Your data is gone") if found.finished_at else _("Your data is being removed")
