"""Who does something, through what, from where: the first argument of every service."""

import ipaddress
from dataclasses import dataclass, replace
from enum import StrEnum

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.models import Impersonation, User
from accounts.session_store import SessionStore
from config.lib.api.envelope import request_id
from config.lib.api.throttling import OwnLimit, address_of
from config.lib.errors import Refusal


class Impersonated(Refusal):
    """An admin who looks at the site as somebody may not do what only that person themselves may."""

    status = 403
    message = _("You look at the site as somebody else. This is theirs alone to do.")


class Via(StrEnum):
    """The surface a change came through."""

    PAGE = "page"
    API = "api"
    ADMIN = "admin"
    SMS = "sms"
    JOB = "job"
    COMMAND = "command"


ALL_SCOPES = frozenset({"*"})
USER_AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request was signed in with. DRF keeps it as `request.auth`; sessions and tokens carry every scope.

    `own_limit` is how an API key is counted, besides its owner.
    """

    scopes: frozenset[str] = ALL_SCOPES
    family_id: int | None = None
    key_id: int | None = None
    public_id: str = ""
    own_limit: OwnLimit | None = None


@dataclass(frozen=True, slots=True)
class Here:
    """What a request is signed in with, by its public id: a browser, a client or an API key; "" for nobody."""

    public_id: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """`user` is None for people without an account and for the platform itself; `scopes` limits API keys.

    `impersonator` is the admin who looks at the site as `user`; `why` is what the actor says why.
    """

    via: Via
    user: User | None = None
    scopes: frozenset[str] = ALL_SCOPES
    address: str | None = None
    user_agent: str = ""
    request_id: str = ""
    here: Here = Here()
    impersonator: User | None = None
    why: str = ""

    def because(self, why: str) -> "Actor":
        """The same, saying why."""
        return replace(self, why=why)

    @property
    def is_platform(self) -> bool:
        """The platform's own clock and commands, which no policy stops."""
        return self.via in {Via.JOB, Via.COMMAND} and self.user is None


def platform(via: Via = Via.JOB) -> Actor:
    """The platform acting by itself: the clock, a sweep, a command."""
    return Actor(via=via)


def _ip(text: str) -> str | None:
    """The text if it is an IP address: a unix socket has none, and a misconfigured proxy may send anything."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def whence(request: HttpRequest | Request) -> tuple[str | None, str]:
    """Where a request comes from: its address, if it has one, and what its client calls itself."""
    return _ip(address_of(request)), request.headers.get("User-Agent", "")[:USER_AGENT_LENGTH]


def here_of(request: HttpRequest | Request) -> Here:
    """What this request is signed in with, for what ends everything else, and what ends with it."""
    credential = getattr(request, "auth", None)
    if isinstance(credential, Credential) and credential.public_id:
        return Here(credential.public_id)
    session = getattr(request, "session", None)
    return Here(session.public_id if isinstance(session, SessionStore) else "")


def actor_of(request: HttpRequest | Request, via: Via = Via.API) -> Actor:
    """Who asks, for the services: of a Django request (session) or a DRF request (session, token or key)."""
    credential = getattr(request, "auth", None)
    address, user_agent = whence(request)
    user = request.user if isinstance(request.user, User) else None
    return Actor(
        via=via,
        user=user,
        scopes=credential.scopes if isinstance(credential, Credential) else ALL_SCOPES,
        address=address,
        user_agent=user_agent,
        request_id=request_id(),
        here=here_of(request) if user else Here(),
        impersonator=_impersonator(request) if user else None,
    )


def _impersonator(request: HttpRequest | Request) -> User | None:
    """Who looks at the site as the user of this request; asked after its user, whom the session's row names."""
    look = look_of(request)
    return look.admin if look else None


def look_of(request: HttpRequest | Request) -> Impersonation | None:
    """The look this request is part of. Programs with a token or a key are part of none."""
    credential, session = getattr(request, "auth", None), getattr(request, "session", None)
    by_credential = isinstance(credential, Credential) and bool(credential.public_id)
    return session.look if isinstance(session, SessionStore) and not by_credential else None
