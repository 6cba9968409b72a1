"""What people and programs are told when an address cannot answer."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from config.lib import errors
from config.lib.api.envelope import envelope, error_body
from config.lib.outages import AWAY, RETRY_SECONDS

_API = "/api/"


def _answer(request: HttpRequest, refusal: errors.Refusal, template: str) -> HttpResponse:
    if request.path.startswith(_API):
        return _json(refusal)
    return render(request, f"errors/{template}.html", status=refusal.status)


def _json(refusal: errors.Refusal) -> JsonResponse:
    body = envelope(error=error_body(refusal))
    return JsonResponse(body, status=refusal.status, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, errors.Malformed(), "400")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, errors.Forbidden(), "403")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, errors.Forbidden(), "403_csrf")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, errors.NotFound(), "404")


def server_error(request: HttpRequest) -> HttpResponse:
    """503 when what we need is away, 500 for a fault of ours.

    Whatever broke may break the templates' context, too, so these pages are rendered without one.
    """
    away = isinstance(sys.exception(), (*AWAY, errors.Unavailable))
    refusal = errors.Unavailable(retry_after=RETRY_SECONDS) if away else errors.InternalError()
    if request.path.startswith(_API):
        response: HttpResponse = _json(refusal)
    else:
        response = render(None, f"errors/{refusal.status}.html", status=refusal.status)
    if away:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


@csrf_exempt
def unknown_api_address(request: HttpRequest, **_path: Any) -> HttpResponse:
    """The envelope for every address under /api/ that nobody has, whatever the method."""
    return _json(errors.NotFound())
