"""`/developers/`: what the API is, for everybody; making and revoking keys, for whoever is signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Via, actor_of
from accounts.developer_page import developer_page_of
from accounts.forms.keys import KeyForm
from accounts.models import User
from accounts.services.keys import NewKey, create_key, revoke_all_keys, revoke_key
from config.lib.errors import Refusal


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def developers(request: HttpRequest) -> HttpResponse:
    """Its one form makes a key, which the answer shows: nothing that could be asked again keeps it."""
    user = request.user if isinstance(request.user, User) else None
    if user is None:
        return redirect_to_login(request.path) if request.method == "POST" else _page(request, None)
    form = KeyForm(request.POST or None, user=user)
    if request.method != "POST":
        return _page(request, user, form=form)
    new = _made(request, form) if form.is_valid() else None
    if new is None:
        return _page(request, user, form=form, status=form.refused_with)
    return _page(request, user, form=KeyForm(None, user=user), new=new, status=201)


@never_cache
@require_POST
@login_required
def revoke_mine(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ends one key. Raises NotFound for one of somebody else."""
    revoke_key(actor=actor_of(request, Via.PAGE), public_id=public_id, now=timezone.now())
    messages.success(request, _("The key is revoked. Whoever uses it is refused from now on."))
    return redirect("developers")


@never_cache
@require_POST
@login_required
def revoke_all_mine(request: HttpRequest) -> HttpResponse:
    """Ends them all."""
    ended = revoke_all_keys(actor=actor_of(request, Via.PAGE), now=timezone.now())
    said = ngettext("%(number)s key is revoked.", "%(number)s keys are revoked.", ended)
    messages.success(request, said % {"number": ended})
    return redirect("developers")


def _made(request: HttpRequest, form: KeyForm) -> NewKey | None:
    """The key the service made; without one the form says why."""
    now = timezone.now()
    try:
        return create_key(actor=actor_of(request, Via.PAGE), now=now, **form.wanted(now=now))
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def _page(
    request: HttpRequest,
    user: User | None,
    *,
    form: KeyForm | None = None,
    new: NewKey | None = None,
    status: int = 200,
) -> HttpResponse:
    page = developer_page_of(user, now=timezone.now())
    return render(request, "developers/developers.html", {"page": page, "form": form, "new": new}, status=status)
