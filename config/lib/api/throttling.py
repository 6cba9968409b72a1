"""Rate limits of the API: per signed-in user or key, else per address; announced in every answer."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.lib.client_address import client_address
from config.lib.errors import Unavailable
from config.lib.limits import Allowance, count

_RETRY_SECONDS = 5


def address_of(request: Any) -> str:
    """The client's IP address of a Django or DRF request."""
    return client_address(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        trusted_proxies=settings.TRUSTED_PROXIES,
    )


def caller_of(request: Request) -> str:
    """Whom a request is counted for: its user (also behind a key), else its address."""
    return f"user:{request.user.pk}" if _signed_in(request) else f"address:{address_of(request)}"


def _signed_in(request: Request) -> bool:
    return request.user is not None and request.user.is_authenticated


class Limit(BaseThrottle):
    """Counts a request against the view's `limit`, or the general one for users or addresses (see ApiView).

    While Redis is away requests pass, except where the view says `limit_closed` (sign-in): there they get 503.
    """

    allowance: Allowance | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        named: str | None = getattr(view, "limit", None)
        identity = view.limited_as(request) if named else caller_of(request)
        self.allowance = count(named or ("user" if _signed_in(request) else "anonymous"), identity)
        if self.allowance is None:
            if getattr(view, "limit_closed", False):
                raise Unavailable(retry_after=_RETRY_SECONDS)
            return True
        view.rate_allowance = self.allowance
        return not self.allowance.exceeded

    def wait(self) -> float | None:
        return float(self.allowance.reset) if self.allowance else None
