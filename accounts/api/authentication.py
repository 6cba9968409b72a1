"""How an API request says who it is: a bearer token (access JWT or API key), or the session cookie with CSRF."""

from django.utils import timezone, translation
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from accounts import api_keys, tokens
from accounts.actors import Credential
from accounts.models import User
from accounts.session_store import SessionStore
from config.lib.api.throttling import OwnLimit
from config.lib.errors import InvalidToken


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <access JWT>` or `Bearer ff_…`; any other scheme, or none, is somebody else's to read."""

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        """The user and what the token carries. Raises InvalidToken, TokenExpired, InvalidApiKey."""
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if not token:
            raise InvalidToken
        user, credential = _of_key(token) if token.startswith(api_keys.PREFIX) else _of_access_token(token)
        translation.activate(user.language)
        return user, credential

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="fanfare"'


def _of_access_token(token: str) -> tuple[User, Credential]:
    family = tokens.family_of_access(token, now=timezone.now())
    return family.user, Credential(family_id=family.pk, public_id=family.public_id)


def _of_key(token: str) -> tuple[User, Credential]:
    now = timezone.now()
    key = api_keys.living_key(token, now=now)
    api_keys.note_use(key, now=now)
    own_limit = OwnLimit(identity=f"key:{key.pk}", requests=key.requests)
    scopes = frozenset(key.scopes)
    return key.user, Credential(scopes=scopes, key_id=key.pk, public_id=key.public_id, own_limit=own_limit)


class Session(SessionAuthentication):
    """The session cookie of our pages; requests that change something must also pass CSRF.

    An admin who looks at the site as somebody looks at pages: here their session signs nobody in.
    """

    def authenticate(self, request: Request) -> tuple[User, Credential] | None:
        signed_in = super().authenticate(request)
        session = getattr(request, "session", None)
        if signed_in is None or (isinstance(session, SessionStore) and session.look):
            return None
        return signed_in[0], Credential()
