"""What Google, Apple and Spotify say about somebody, as far as we believe it.

allauth asks them and checks what they answer; an Identity is all that is kept of it. No token of theirs is stored.
"""

from dataclasses import dataclass
from typing import Any, Final

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import Provider
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.spotify.views import SpotifyOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from config.lib.errors import InvalidToken, NotFound, Unavailable
from config.lib.outages import RETRY_SECONDS

NAMES: Final = {"google": "Google", "apple": "Apple", "spotify": "Spotify"}
_BROKEN: Final = (ValidationError, OAuth2Error, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at `provider`. `email` is "" where it was not told; `is_confirmed` if the provider has verified it."""

    provider: str
    uid: str
    email: str
    is_confirmed: bool
    name: str


def configured() -> list[str]:
    """The providers that have keys, in the order their buttons stand."""
    return list(settings.SOCIALACCOUNT_PROVIDERS)


def provider_named(request: HttpRequest, name: str) -> Provider:
    """Raises NotFound for one without keys."""
    if name not in configured():
        raise NotFound
    return get_adapter(request).get_provider(request, name)


def identity_of(login: Any) -> Identity:
    """Of allauth's social login: the first address counts, and is believed only where the provider has verified it."""
    first = login.email_addresses[0] if login.email_addresses else None
    return Identity(
        provider=login.account.provider,
        uid=login.account.uid,
        email=first.email.lower() if first else "",
        is_confirmed=bool(first and first.verified),
        name=login.user.name,
    )


class Spotify(SpotifyOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """Asks for the profile as Spotify documents it: with the token in a header, where no log finds it.

    https://developer.spotify.com/documentation/web-api/reference/get-current-users-profile
    """

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **_answer: Any) -> Any:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.profile_url, headers={"Authorization": f"Bearer {token.token}"})
        if not answer.ok:
            raise OAuth2Error("Spotify does not know this token")
        return self.get_provider().sociallogin_from_response(request, answer.json())


def by_id_token(request: HttpRequest, *, provider: str, token: str, nonce: str = "") -> Identity:
    """Of an OpenID Connect id_token of Google or Apple, made for our client: signature, issuer, audience, expiry, nonce.

    Raises NotFound, InvalidToken; Unavailable while the provider's keys cannot be had.
    """
    known = provider_named(request, provider)
    try:
        login = known.verify_token(request, {"id_token": token, "client_id": known.app.client_id})
    except _BROKEN as error:
        raise _refusal(error) from error
    if nonce and login.nonce != nonce:
        raise InvalidToken
    return identity_of(login)


def by_code(request: HttpRequest, *, provider: str, code: str, verifier: str, redirect_uri: str) -> Identity:
    """Of an authorization code that was made for our client, which exchanging it with our secret proves. A bare access token
    proves nothing: any other application that somebody uses has one.

    Raises NotFound, InvalidToken, Unavailable.
    """
    known = provider_named(request, provider)
    spotify = Spotify(request)
    client = spotify.get_client(request, known.app)
    client.callback_url = redirect_uri or client.callback_url
    try:
        answer = client.get_access_token(code, pkce_code_verifier=verifier or None)
        login = spotify.complete_login(request, known.app, spotify.parse_token(answer))
    except (*_BROKEN, requests.RequestException) as error:
        raise _refusal(error) from error
    return identity_of(login)


def _refusal(error: BaseException) -> InvalidToken | Unavailable:
    away = isinstance(error, requests.RequestException) or isinstance(error.__cause__, requests.RequestException)
    return Unavailable(retry_after=RETRY_SECONDS) if away else InvalidToken()
