"""`/me/settings/`: what the account says about somebody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Via, actor_of
from accounts.forms.profile import ProfileForm
from accounts.models import User
from accounts.services.profile import edit_profile
from config.lib.errors import Refusal


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
