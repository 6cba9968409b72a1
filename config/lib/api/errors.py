"""One place where whatever a view raises becomes an error answer."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.lib import errors
from config.lib.api.envelope import Enveloped, envelope, error_body

logger = structlog.get_logger(__name__)

_BY_DRF_CLASS: dict[type[exceptions.APIException], type[errors.Refusal]] = {
    exceptions.NotAuthenticated: errors.AuthRequired,
    exceptions.AuthenticationFailed: errors.InvalidToken,
    exceptions.PermissionDenied: errors.Forbidden,
    exceptions.NotFound: errors.NotFound,
    exceptions.MethodNotAllowed: errors.MethodNotAllowed,
    exceptions.NotAcceptable: errors.NotAcceptable,
    exceptions.UnsupportedMediaType: errors.UnsupportedMediaType,
    exceptions.ParseError: errors.Malformed,
    exceptions.Throttled: errors.RateLimitExceeded,
}


def details_of(problems: Any, path: str = "") -> Iterator[errors.Detail]:
    """DRF's nested error structure, flattened: `venue.city`, `items.0.quantity`; "" for the body as a whole."""
    if isinstance(problems, dict):
        for name, inner in problems.items():
            whole = name == "non_field_errors"
            yield from details_of(inner, path if whole else f"{path}.{name}".lstrip("."))
    elif isinstance(problems, list):
        for index, inner in enumerate(problems):
            nested = isinstance(inner, dict)
            yield from details_of(inner, f"{path}.{index}".lstrip(".") if nested else path)
    else:
        yield errors.Detail(path, getattr(problems, "code", "invalid"), str(problems))


def validation_refusal(error: exceptions.ValidationError) -> errors.Refusal:
    """UNKNOWN_FIELD when that is all that is wrong, VALIDATION_ERROR otherwise."""
    details = list(details_of(error.detail))
    only_unknown = bool(details) and all(detail.code == "unknown_field" for detail in details)
    return (errors.UnknownField if only_unknown else errors.ValidationError)(details=details)


def refusal_for(error: Exception) -> errors.Refusal | None:
    """The refusal that says what `error` means to a client; None for a fault of ours."""
    if isinstance(error, errors.Refusal):
        return error
    if isinstance(error, exceptions.ValidationError):
        return validation_refusal(error)
    if isinstance(error, Http404):
        return errors.NotFound()
    if isinstance(error, PermissionDenied):
        return errors.Forbidden()
    for drf_class, refusal_class in _BY_DRF_CLASS.items():
        if isinstance(error, drf_class):
            return refusal_class()
    return None


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None lets Django treat it as a fault: logged, tracked, answered without internals."""
    refusal = refusal_for(error)
    if refusal is None:
        return None
    set_rollback()
    headers: dict[str, str] = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="fanfare"'
    logger.info("api.refused", refusal=refusal.code, status=refusal.status)
    return Response(Enveloped(envelope(error=error_body(refusal))), status=refusal.status, headers=headers)
