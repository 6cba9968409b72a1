"""`/me/security/`: how one signs in. Whoever changes something there shows first, again, who they are."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Via, actor_of, here_of
from accounts.app_setup import AppSetup, app_setup_of, forget_app_setup
from accounts.forms.second_factor import AddAppForm, AddPasskeyForm, RenamePasskeyForm
from accounts.models import User
from accounts.passkey_origins import where_it_works, works_at
from accounts.policies import lacks_second_factor
from accounts.second_factors import Passkey, SecondFactors, second_factors_of, unused_recovery_codes
from accounts.services import second_factor
from config.lib.errors import Refusal

View = Callable[..., HttpResponse]
HUB = "my-security"


def _of_mine(*methods: str) -> Callable[[View], View]:
    """For a page of whoever is signed in, answered to these methods and kept by no cache."""

    def wrap(view: View) -> View:
        allowed: View = require_http_methods([*methods, "HEAD"])(login_required(view))
        return never_cache(allowed)

    return wrap


def _shown_again(view: View) -> View:
    """Only for somebody who has just shown who they are; everybody else does so first, and comes back."""
    asked: View = reauthentication_required(app="allauth.mfa")(view)
    return asked


def _refusable(view: View) -> View:
    """What the service refuses is said on the hub."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            raise
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(HUB)

    return answered


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _onward(request: HttpRequest, name: str) -> str:
    """The address called `name`, with where to go on to afterwards, if somebody was sent here from there."""
    onward = get_next_redirect_url(request)
    return f"{reverse(name)}?{urlencode({REDIRECT_FIELD_NAME: onward})}" if onward else reverse(name)


@never_cache
@require_safe
@login_required
def my_security(request: HttpRequest) -> HttpResponse:
    """The hub: password, second factors, and where they are changed."""
    user = _me(request)
    context = {
        "factors": second_factors_of(user),
        "is_needed": lacks_second_factor(user),
        "has_password": user.has_usable_password(),
        "add_app": _onward(request, "mfa_activate_totp"),
        "add_passkey": _onward(request, "mfa_add_webauthn"),
        "where_passkeys_work": where_it_works() + reverse(HUB),
    }
    return render(request, "me/security.html", context)


@_of_mine("GET", "POST")
@_refusable
@_shown_again
def add_app(request: HttpRequest) -> HttpResponse:
    """The code to scan, and the field for what the app then shows."""
    second_factor.require_addable(actor_of(request, Via.PAGE))
    if second_factors_of(_me(request)).app_added:
        return redirect(HUB)
    setup = app_setup_of(request.session, _me(request))
    form = AddAppForm(request.POST or None, user=_me(request), secret=setup.secret)
    if request.method == "POST" and form.is_valid():
        try:
            added = second_factor.add_app(
                actor=actor_of(request, Via.PAGE),
                secret=setup.secret,
                code=form.cleaned_data["code"],
                here=here_of(request),
                now=timezone.now(),
            )
        except second_factor.InvalidCode as refusal:
            form.refuse(refusal)
        else:
            forget_app_setup(request.session)
            if not added:  # else the page that follows says more
                messages.success(request, _("From now on your app's code is asked, too, when you sign in."))
            return _added(request, codes_made=added)
    return _app_page(request, form, setup)


def _app_page(request: HttpRequest, form: AddAppForm, setup: AppSetup) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "mfa/add_app.html", {"form": form, "setup": setup}, status=status)


@_of_mine("GET", "POST")
@_refusable
@_shown_again
def remove_app(request: HttpRequest) -> HttpResponse:
    """Asks whether it is meant, and takes the app away."""
    factors = second_factors_of(_me(request))
    if factors.app_added is None:
        return redirect(HUB)
    if request.method == "POST":
        second_factor.remove_app(actor=actor_of(request, Via.PAGE), now=timezone.now())
        messages.success(request, _("The app is removed."))
        return redirect(HUB)
    is_last = not factors.passkeys
    return render(request, "mfa/remove_app.html", {"is_last": is_last})


@_of_mine("GET", "POST")
@_refusable
@_shown_again
def add_passkey(request: HttpRequest) -> HttpResponse:
    """A name, and the browser's own dialog."""
    actor, user = actor_of(request, Via.PAGE), _me(request)
    second_factor.require_addable(actor)
    if not works_at(request.get_host()):
        return redirect(HUB)
    form = AddPasskeyForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        added = second_factor.add_passkey(
            actor=actor, name=name, credential=credential, here=here_of(request), now=timezone.now()
        )
        messages.success(request, _("Passkey added. You can sign in with it from now on."))
        return _added(request, codes_made=added)
    context = {"form": form, "options": webauthn.begin_registration(user, passwordless=True)}
    return render(request, "mfa/add_passkey.html", context, status=422 if form.is_bound else 200)


def _added(request: HttpRequest, *, codes_made: bool) -> HttpResponse:
    """On to the recovery codes where some were made just now, which nobody has seen yet; else back to where one came from."""
    if codes_made:
        messages.success(request, _("Two-step sign-in is on. Your other devices are signed out."))
        return redirect(_onward(request, "mfa_view_recovery_codes"))
    return redirect(get_next_redirect_url(request) or HUB)


@_of_mine("GET", "POST")
@_refusable
@_shown_again
def rename_passkey(request: HttpRequest, key: str) -> HttpResponse:
    """What to call it."""
    passkey = _mine(second_factors_of(_me(request)), key)
    form = RenamePasskeyForm(request.POST or None, initial={"name": passkey.name})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        second_factor.rename_passkey(actor=actor_of(request, Via.PAGE), key=key, name=name, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect(HUB)
    return render(request, "mfa/rename_passkey.html", {"form": form}, status=422 if form.is_bound else 200)


@_of_mine("GET", "POST")
@_refusable
@_shown_again
def remove_passkey(request: HttpRequest, key: str) -> HttpResponse:
    """Asks whether it is meant, and takes the passkey away."""
    factors = second_factors_of(_me(request))
    passkey = _mine(factors, key)
    if request.method == "POST":
        second_factor.remove_passkey(actor=actor_of(request, Via.PAGE), key=key, now=timezone.now())
        messages.success(request, _("The passkey is removed."))
        return redirect(HUB)
    is_last = len(factors.passkeys) == 1 and factors.app_added is None
    return render(request, "mfa/remove_passkey.html", {"passkey": passkey, "is_last": is_last})


def _mine(factors: SecondFactors, key: str) -> Passkey:
    """Raises Http404 for one that is not theirs: it is not there."""
    for passkey in factors.passkeys:
        if passkey.key == key:
            return passkey
    raise Http404


@_of_mine("GET")
@_refusable
@_shown_again
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Those that are left, to be kept somewhere safe."""
    return render(request, "mfa/recovery_codes.html", _codes(request) | {"onward": get_next_redirect_url(request)})


@_of_mine("GET")
@_refusable
@_shown_again
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    """The same as a text file."""
    response = render(request, "mfa/recovery_codes.txt", _codes(request), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="fanfare-recovery-codes.txt"'
    return response


def _codes(request: HttpRequest) -> dict[str, Any]:
    """Raises Http404 for an account that has none."""
    user = _me(request)
    if user.second_factor_at is None:
        raise Http404
    return {"codes": unused_recovery_codes(user)}


@_of_mine("GET", "POST")
@_refusable
@_shown_again
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Asks whether it is meant, and makes new ones."""
    if request.method == "POST":
        second_factor.renew_recovery_codes(actor=actor_of(request, Via.PAGE), now=timezone.now())
        messages.success(request, _("Here are your new codes. The old ones work no more."))
        return redirect("mfa_view_recovery_codes")
    return render(request, "mfa/renew_recovery_codes.html", {"left": len(_codes(request)["codes"])})
