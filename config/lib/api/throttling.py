"""Rate limits of the API: per signed-in user or key, else per address; announced in every answer."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from config.lib.client_address import client_address
from config.lib.limits import Allowance, count


def address_of(request: Any) -> str:
    """The client's IP address of a Django or DRF request."""
    return client_address(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", ""),
        trusted_proxies=settings.TRUSTED_PROXIES,
    )


class Limit(BaseThrottle):
    """Counts a request against the view's named `limit`, or the general one for users or addresses.

    While Redis is away requests pass, except where the view says `limit_closed` (sign-in): there they are refused.
    """

    allowance: Allowance | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        named: str | None = getattr(view, "limit", None)
        signed_in = request.user is not None and request.user.is_authenticated
        general = "user" if signed_in else "anonymous"
        identity = f"user:{request.user.pk}" if signed_in and not named else address_of(request)
        self.allowance = count(named or general, identity)
        if self.allowance is None:
            return not getattr(view, "limit_closed", False)
        request._request.rate_allowance = self.allowance  # type: ignore[attr-defined]  # read by ApiView.finalize_response
        return not self.allowance.exceeded

    def wait(self) -> float | None:
        return float(self.allowance.reset) if self.allowance else None
