"""`/me/sessions/`: where somebody is signed in, and how to end it."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Via, actor_of, here_of
from accounts.models import User
from accounts.services.sessions import sign_out_everywhere, sign_out_of
from accounts.sign_ins import sign_ins_page


@never_cache
@require_safe
@login_required
def my_sessions(request: HttpRequest) -> HttpResponse:
    """Browsers and apps, the newest first; this one is marked."""
    assert isinstance(request.user, User)
    here, cursor = here_of(request), request.GET.get("cursor", "")
    page = sign_ins_page(request.user, here=here, now=timezone.now(), cursor=cursor)
    return render(request, "me/sessions.html", {"page": page})


@never_cache
@require_POST
@login_required
def end_one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Sign one of them out. Nobody is asked for a password: whoever finds a stranger here must be quick."""
    was_here = public_id == here_of(request).public_id
    sign_out_of(actor=actor_of(request, Via.PAGE), public_id=public_id, now=timezone.now())
    if was_here:
        return _left(request)
    messages.success(request, _("Signed out there."))
    return redirect("my-sessions")


@never_cache
@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    sign_out_everywhere(actor=actor_of(request, Via.PAGE), keep=here_of(request), now=timezone.now())
    messages.success(request, _("Signed out everywhere else."))
    return redirect("my-sessions")


@never_cache
@require_POST
@login_required
def end_all(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    sign_out_everywhere(actor=actor_of(request, Via.PAGE), now=timezone.now())
    return _left(request)


def _left(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("Signed out."))
    return redirect("account_login")
