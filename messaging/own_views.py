"""`/me/notifications/`: what is sent to whoever is signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Via, actor_of
from accounts.models import User
from config.lib.errors import ValidationError
from messaging.forms import KindChoicesForm
from messaging.kind_choices import kind_choices_of
from messaging.preferences import own_addresses_of
from messaging.services.kind_choices import choose_kinds


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_notifications(request: HttpRequest) -> HttpResponse:
    """What always comes, what comes if it is wanted, and the page of each address."""
    assert isinstance(request.user, User)
    choices, now = kind_choices_of(request.user), timezone.now()
    form = KindChoicesForm(request.POST if request.method == "POST" else None, choices=choices)
    if form.is_valid():
        choose_kinds(actor=actor_of(request, Via.PAGE), wanted=form.wanted(), now=now)
        messages.success(request, _("Saved."))
        return redirect("my-notifications")
    page = {
        "form": form,
        "always": [choice for choice in choices if choice.is_fixed],
        "addresses": own_addresses_of(request.user, now=now),
    }
    return render(request, "me/notifications.html", page, status=ValidationError.status if form.is_bound else 200)
