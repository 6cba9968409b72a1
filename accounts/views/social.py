"""Signing in by Google, Apple or Spotify: there, back, and out of it again. A provider without keys has no address."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Final

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.apple import views as apple
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.google import views as google
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.actors import Via, actor_of
from accounts.services.social import disconnect
from accounts.social import NAMES, Spotify, configured, provider_named
from config.lib.errors import Refusal
from config.lib.personal_links import personal_link

View = Callable[..., HttpResponse]
HUB: Final = "my-security"


def _there(request: HttpRequest, provider: str, process: str) -> HttpResponse:
    """To the provider's own page. What comes back must carry the state and the nonce that this browser's session holds."""
    known, nonce = provider_named(request, provider), secrets.token_urlsafe(24)
    response: HttpResponse = known.redirect(
        request,
        process=process,
        next_url=get_next_redirect_url(request),
        data={"nonce": nonce},
        auth_params={**known.get_auth_params(), "nonce": nonce},
    )
    return response


@never_cache
@require_POST
def sign_in_there(request: HttpRequest, provider: str) -> HttpResponse:
    """The button "Continue with …"."""
    return _there(request, provider, AuthProcess.LOGIN)


@never_cache
@require_POST
@reauthentication_required(app="allauth.socialaccount")  # type: ignore[untyped-decorator]  # allauth ships no types
def connect_there(request: HttpRequest, provider: str) -> HttpResponse:
    """The button "Connect", for whoever has just shown that the account is theirs."""
    return _there(request, provider, AuthProcess.CONNECT)


@never_cache
@require_POST
@reauthentication_required(app="allauth.socialaccount")  # type: ignore[untyped-decorator]  # likewise
def disconnect_it(request: HttpRequest, provider: str) -> HttpResponse:
    """The button "Disconnect"; also for a provider whose keys are gone."""
    try:
        disconnect(actor=actor_of(request, Via.PAGE), provider=provider, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("You sign in with %(provider)s no more.") % {"provider": NAMES.get(provider, provider)}
        )
    return redirect(HUB)


def _where_configured(name: str, view: View) -> View:
    secretly: View = personal_link(view)

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if name not in configured():
            raise Http404
        return secretly(request, *args, **kwargs)

    return answered


_spotify_callback: View = OAuth2CallbackView.adapter_view(Spotify)
google_back: Final = _where_configured("google", google.oauth2_callback)
spotify_back: Final = _where_configured("spotify", _spotify_callback)
apple_back: Final = csrf_exempt(_where_configured("apple", apple.oauth2_callback))
apple_finish: Final = _where_configured("apple", apple.oauth2_finish_login)
