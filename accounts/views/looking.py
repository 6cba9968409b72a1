"""The button with which an admin stops looking at the site as somebody."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actors import Via, actor_of, look_of
from accounts.services.impersonating import stop_looking
from accounts.session_store import SessionStore, back_from


@never_cache
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Back to the admin's own session, on the page of whom they looked as."""
    actor, look = actor_of(request, Via.PAGE), look_of(request)
    if look is None:
        raise Http404
    assert isinstance(request.session, SessionStore)
    own = back_from(request.session)
    stop_looking(actor=actor, look=look, now=timezone.now())
    request.session = own
    messages.success(request, _("You are yourself again."))
    return redirect("admin:accounts_user_change", look.user_id)
