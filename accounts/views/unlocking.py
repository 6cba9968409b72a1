"""`/accounts/unlock/<code>/`: the link in the mail that a locked account's owner gets."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import known_browsers
from accounts.actors import Via, actor_of
from accounts.services.unlocking import owner_of, unlock
from config.lib.errors import LinkSpent
from config.lib.personal_links import personal_link


@personal_link
@require_http_methods(["GET", "HEAD", "POST"])
def unlock_account(request: HttpRequest, code: str) -> HttpResponse:
    """One button. It opens the account, and the browser it is pressed in is not kept out again."""
    now = timezone.now()
    try:
        if request.method != "POST":
            return render(request, "account/unlock.html", {"email": owner_of(code=code, now=now).email})
        user = unlock(actor=actor_of(request, Via.PAGE), code=code, now=now)
    except LinkSpent as refusal:
        return render(request, "account/unlock.html", status=refusal.status)
    messages.success(request, _("Your account is open again. Sign in."))
    response = redirect("account_login")
    known_browsers.remember(response, email=user.email, now=now)
    return response
