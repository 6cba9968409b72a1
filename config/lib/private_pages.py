"""What is drawn for one visitor is kept by no cache on the way, unless its view says otherwise."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import has_vary_header

Handler = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class PrivatePages:
    """Middleware, outside of sessions and CSRF. `Vary: Cookie` alone does not hold: caches for whole sites leave it aside.

    Pages that a browser still has are shown again when going back; only `no-store` would prevent that.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._acall(request)
        response = self.get_response(request)
        assert isinstance(response, HttpResponseBase)
        return _kept_private(response)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        answering = self.get_response(request)
        assert not isinstance(answering, HttpResponseBase)
        return _kept_private(await answering)


def _kept_private(response: HttpResponseBase) -> HttpResponseBase:
    if has_vary_header(response, "Cookie") and "Cache-Control" not in response:
        response["Cache-Control"] = "private, no-cache"
    return response
