"""Where allauth's social sign-in meets ours: what providers say becomes an Identity, and services decide what it opens."""

from typing import Any, Final

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.actors import Via, actor_of
from accounts.languages import language_here
from accounts.models import User
from accounts.services.social import ConnectFirst, connect, join, require_nobodys
from accounts.social import NAMES, identity_of
from config.lib.errors import Refusal

HUB: Final = "my-security"


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Providers are those of the settings; their tokens are forgotten as soon as they have been read."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """From the settings alone: no query, and no secrets in the database."""
        return [
            SocialApp(provider=name, **known["APP"])
            for name, known in settings.SOCIALACCOUNT_PROVIDERS.items()
            if provider in {None, name} and client_id in {None, known["APP"]["client_id"]}
        ]

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """The name. Of all else that the provider told, only its answer to our nonce is looked at."""
        sociallogin.nonce = str(sociallogin.account.extra_data.get("nonce", ""))
        sociallogin.account.extra_data = {}
        user: User = sociallogin.user
        named = data.get("name") or f"{data.get('first_name') or ''} {data.get('last_name') or ''}"
        user.email, user.name = (data.get("email") or "").lower(), str(named).strip()[:150]
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Somebody is back from the provider. Raises ImmediateHttpResponse where the way leads elsewhere than allauth's."""
        self._require_nonce(sociallogin)
        sociallogin.token = None
        identity, is_connecting = identity_of(sociallogin), sociallogin.state.get("process") == AuthProcess.CONNECT
        try:
            if is_connecting:
                connect(actor=actor_of(request, Via.PAGE), identity=identity, now=timezone.now())
                messages.success(request, _("You can sign in with %(provider)s now.") % self._named(identity.provider))
            elif not sociallogin.is_existing:
                require_nobodys(identity=identity)
        except ConnectFirst as refusal:
            messages.error(request, str(refusal))
            raise ImmediateHttpResponse(redirect("account_login")) from refusal
        except Refusal as refusal:
            messages.error(request, str(refusal))
        if is_connecting:
            raise ImmediateHttpResponse(redirect(HUB))

    def _require_nonce(self, sociallogin: Any) -> None:
        """What an id_token says must have been said to this browser (OpenID Connect Core 1.0, section 3.1.2.1)."""
        expected = (sociallogin.state.get("data") or {}).get("nonce")
        if sociallogin.nonce and not constant_time_compare(sociallogin.nonce, expected or ""):
            raise PermissionDenied
        if expected and not sociallogin.nonce and sociallogin.account.provider != "spotify":
            raise PermissionDenied

    def _named(self, provider: str) -> dict[str, str]:
        return {"provider": NAMES[provider]}

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody has an account before they have seen its form."""
        return False

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return str(redirect(HUB)["Location"])

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """Of the form that completes a sign-up. Raises EmailTaken, ConnectedElsewhere."""
        data = form.cleaned_data
        sociallogin.user = join(
            actor=actor_of(request, Via.PAGE),
            identity=identity_of(sociallogin),
            email=data["email"],
            name=data["name"],
            role=data["role"],
            language=language_here(),
            now=timezone.now(),
        )
        user: User = sociallogin.user
        return user
