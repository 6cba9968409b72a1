"""Limits around Django's answers: pages per visitor and address, and what of the API was answered before its view counted.

A venue shares one address, so what an address may ask for is a lot; what one visitor (a session) may is what one person can.
While Redis is away every page is open: signing in is what closes then (`limit_closed` of its views).
"""

import hashlib
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from config.lib.api.envelope import envelope, error_body
from config.lib.api.throttling import network_asking
from config.lib.errors import RateLimitExceeded
from config.lib.languages import speaking
from config.lib.limits import Allowance, count, tightest

Handler = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
View = Callable[..., HttpResponse]

_API: Final = "/api/v1/"
_ANY_API: Final = "/api/"
_UNCOUNTED: Final = ("/health", "/metrics", "/sms/", "/webhooks/")  # watchers and providers, who count by themselves
_ANNOUNCED: Final = "RateLimit-Limit"


class RequestLimits:
    """Middleware, inside of what gives answers their headers and outside of sessions: a refusal costs no query."""

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
        counted = _counted(request)
        if counted and counted.exceeded:
            return _refusal(request, counted)
        response = self.get_response(request)
        assert isinstance(response, HttpResponseBase)
        return _announced(request, response, counted) if _lacks_announcement(request, response) else response

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        counted = await sync_to_async(_counted)(request)
        if counted and counted.exceeded:
            return await sync_to_async(_refusal)(request, counted)
        answering = self.get_response(request)
        assert not isinstance(answering, HttpResponseBase)
        response = await answering
        if _lacks_announcement(request, response):
            return await sync_to_async(_announced)(request, response, counted)
        return response


def limited(name: str, *, when: str = "") -> Callable[[View], View]:
    """A page that costs more than most: counted per address against the limit `name` as well.

    `when` is the query parameter that makes it costly: without it, or with nothing in it, the page is like any other.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if when and not request.GET.get(when):
                return view(request, *args, **kwargs)
            counted = count(name, network_asking(request))
            if counted and counted.exceeded:
                return _refusal(request, counted)
            return view(request, *args, **kwargs)

        return counted_view

    return decorate


def _counted(request: HttpRequest) -> Allowance | None:
    """A page's request, counted. Of the API, views count for themselves."""
    if request.path.startswith((_API, *_UNCOUNTED)):
        return None
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    of_address = count("page_address", network_asking(request))
    if not session or of_address is None:
        return of_address
    visitor = hashlib.sha256(session.encode()).hexdigest()[:32]  # made up by whom it may: the address still counts
    return tightest(of_address, count("page_visitor", f"visitor:{visitor}"))


def _lacks_announcement(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether an answer of the API says nothing of limits: an address nobody has, a fault, the document."""
    return request.path.startswith(_ANY_API) and _ANNOUNCED not in response


def _announced(request: HttpRequest, response: HttpResponseBase, counted: Allowance | None) -> HttpResponseBase:
    """The answer with what is left; what no view has counted is counted for its address, and may be one too many."""
    allowance = counted or count("anonymous", network_asking(request))
    if allowance is None:
        return response
    if allowance.exceeded:
        return _refusal(request, allowance)
    for name, value in allowance.headers().items():
        response[name] = value
    return response


def _refusal(request: HttpRequest, allowance: Allowance) -> HttpResponse:
    """429 in the client's language: an envelope for programs, a page for people, drawn without asking who they are."""
    refusal = RateLimitExceeded(retry_after=allowance.reset)
    with speaking(request.headers.get("Accept-Language", "")):
        if request.path.startswith(_ANY_API):
            response: HttpResponse = JsonResponse(envelope(error=error_body(refusal)), status=refusal.status)
        else:
            response = render(None, "429.html", status=refusal.status)
    for name, value in (*allowance.headers().items(), ("Cache-Control", "no-store")):
        response[name] = value
    return response
