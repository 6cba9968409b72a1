"""Rate limits of the API: per API key, signed-in user, else per address; announced in every answer."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.lib.client_address import client_address, network_of
from config.lib.errors import Unavailable
from config.lib.limits import Allowance, count, tightest

_RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """How a credential is counted by itself: as what, and up to how many requests (None: as the settings say)."""

    identity: str
    requests: int | None = None


def address_of(request: HttpRequest | Request) -> str:
    """The client's IP address of a Django or DRF request."""
    return client_address(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        trusted_proxies=settings.TRUSTED_PROXIES,
    )


def network_asking(request: HttpRequest | Request) -> str:
    """What limits per address count a request for."""
    return f"address:{network_of(address_of(request))}"


def caller_of(request: Request) -> str:
    """Whom a request is counted for: its user (also behind a key), else its address."""
    return f"user:{request.user.pk}" if _signed_in(request) else network_asking(request)


def _signed_in(request: Request) -> bool:
    return request.user is not None and request.user.is_authenticated


def _general(request: Request) -> tuple[Allowance | None, ...]:
    """Counted against what holds anywhere: the address; the user; a key, and its owner unless it has a limit of its own."""
    if not _signed_in(request):
        return (count("anonymous", caller_of(request)),)
    own: OwnLimit | None = getattr(request.auth, "own_limit", None)
    if own is None:
        return (count("user", caller_of(request)),)
    of_key = count("key", own.identity, most=own.requests)
    return (of_key,) if own.requests else (of_key, count("user", caller_of(request)))


class Limit(BaseThrottle):
    """Counts a request against the view's `limit`, or the general ones (see ApiView).

    While Redis is away requests pass, except where the view says `limit_closed` (sign-in): there they get 503.
    """

    allowance: Allowance | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        named: str | None = getattr(view, "limit", None)
        counted = (count(named, view.limited_as(request)),) if named else _general(request)
        self.allowance = tightest(*counted)
        if self.allowance is None:
            if getattr(view, "limit_closed", False):
                raise Unavailable(retry_after=_RETRY_SECONDS)
            return True
        view.rate_allowance = self.allowance
        return not self.allowance.exceeded

    def wait(self) -> float | None:
        return float(self.allowance.reset) if self.allowance else None
