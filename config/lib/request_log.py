"""One log line and one request id for every request that Django answers."""

from collections.abc import Awaitable, Callable
from time import perf_counter

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.lib.request_ids import request_id_from

logger = structlog.get_logger(__name__)

Handler = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class RequestLog:
    """Middleware. Binds the request id for every log line, sends it back, and logs route, method, status and time.

    The path itself is not logged: personal links carry their token in it.
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
        started = _begin(request)
        response = self.get_response(request)
        assert isinstance(response, HttpResponseBase)
        return _finish(request, response, started)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        started = _begin(request)
        answering = self.get_response(request)
        assert not isinstance(answering, HttpResponseBase)
        return _finish(request, await answering, started)


def _begin(request: HttpRequest) -> float:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id_from(request.headers.get("X-Request-ID", "")))
    return perf_counter()


def _finish(request: HttpRequest, response: HttpResponseBase, started: float) -> HttpResponseBase:
    response["X-Request-Id"] = structlog.contextvars.get_contextvars()["request_id"]
    match = request.resolver_match
    logger.info(
        "request",
        route=(match.view_name or match.route) if match else "",
        method=request.method,
        status=response.status_code,
        ms=round((perf_counter() - started) * 1000, 2),
    )
    return response
