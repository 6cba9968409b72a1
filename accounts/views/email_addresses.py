"""`/accounts/email/`: the address somebody signs in with, and how to change it."""

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Via, actor_of
from accounts.forms.email_addresses import ChangeEmailForm
from accounts.models import User
from accounts.proofs import recently_proved
from accounts.services.email_addresses import ask_for_change, cancel_change, send_link_again
from config.lib.errors import Refusal


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_email(request: HttpRequest) -> HttpResponse:
    """The form, and the address that waits for its confirmation, if one does."""
    assert isinstance(request.user, User)
    form = ChangeEmailForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        messages.success(request, _("We sent a link to %(email)s.") % {"email": form.cleaned_data["email"]})
        return redirect("account_email")
    waiting = EmailAddress.objects.filter(user=request.user, verified=False).order_by("pk").last()
    status = 200 if request.method != "POST" else form.refused_with
    return render(request, "account/email.html", {"form": form, "waiting": waiting}, status=status)


def _asked(request: HttpRequest, form: ChangeEmailForm) -> bool:
    """Whether the service took it; if not, the form says why."""
    wanted, password = form.cleaned_data["email"], form.cleaned_data.get("password", "")
    actor, recently, now = actor_of(request, Via.PAGE), recently_proved(request), timezone.now()
    try:
        ask_for_change(actor=actor, email=wanted, password=password, recently=recently, now=now)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


@require_POST
@login_required
def send_again(request: HttpRequest) -> HttpResponse:
    """The link once more, to the address that waits."""
    send_link_again(actor=actor_of(request, Via.PAGE))
    messages.success(request, _("We sent the link again. Nothing there after a few minutes? Look in your spam folder."))
    return redirect("account_email")


@require_POST
@login_required
def keep_email(request: HttpRequest) -> HttpResponse:
    """The present address stays; the link that was sent to the other works no more."""
    cancel_change(actor=actor_of(request, Via.PAGE), now=timezone.now())
    messages.success(request, _("Your e-mail address stays as it is."))
    return redirect("account_email")
