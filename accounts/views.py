"""Pages of accounts that are not allauth's.

What a signed-in person joined and voted is known by the apps above; the pages of /me/ put their parts together in templates.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Via, actor_of
from accounts.forms import ProfileForm
from accounts.models import Language, User
from accounts.services.profile import edit_profile
from config.lib.errors import Refusal


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Go on in another language: kept in the account of whoever is signed in, and in a cookie for everybody."""
    chosen = request.POST.get("language", "")
    if chosen in Language.values and isinstance(request.user, User):
        edit_profile(actor=actor_of(request, Via.PAGE), language=chosen, now=timezone.now())
    response: HttpResponse = i18n.set_language(request)
    return response


@never_cache
@require_safe
@login_required
def my_home(request: HttpRequest) -> HttpResponse:
    """`/me/`: tonight first."""
    return render(request, "me/home.html")


@never_cache
@require_safe
@login_required
def my_votes(request: HttpRequest) -> HttpResponse:
    """`/me/votes/`: all of them."""
    return render(request, "me/votes.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_settings(request: HttpRequest) -> HttpResponse:
    """`/me/settings/`: what the account says about somebody. What was typed stays, whatever is wrong with it."""
    assert isinstance(request.user, User)
    form = ProfileForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid() and _stored(request, form):
        messages.success(request, _("Saved."))
        return redirect("my-settings")
    status = 200 if request.method != "POST" else form.refused_with
    return render(request, "me/settings.html", {"form": form}, status=status)


def _stored(request: HttpRequest, form: ProfileForm) -> bool:
    """Whether the service took it; if not, the form says why."""
    try:
        user = edit_profile(actor=actor_of(request, Via.PAGE), now=timezone.now(), **form.changes())
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    translation.activate(user.language)  # what is said about it is said in the language that was chosen
    return True
