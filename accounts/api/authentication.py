"""How an API request says who it is: a bearer token (access JWT or API key), or the session cookie with CSRF."""

from django.utils import timezone, translation
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from accounts import tokens
from accounts.actors import Credential
from accounts.models import User
from config.lib.errors import InvalidApiKey, InvalidToken

API_KEY_PREFIX = "ff_"


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <access JWT>` or `Bearer ff_…`; any other scheme, or none, is somebody else's to read."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """The user and what the token carries. Raises InvalidToken, TokenExpired, InvalidApiKey."""
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if token.startswith(API_KEY_PREFIX):
            raise InvalidApiKey
        if not token:
            raise InvalidToken
        family = tokens.family_of_access(token, now=timezone.now())
        translation.activate(family.user.language)
        return family.user, Credential(family_id=family.pk)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="fanfare"'


class Session(SessionAuthentication):
    """The session cookie of our pages; requests that change something must also pass CSRF."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        signed_in = super().authenticate(request)
        return (signed_in[0], Credential()) if signed_in else None
