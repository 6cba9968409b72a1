"""One envelope around every answer: `{"data": …, "meta": {…}, "error": null}`."""

from http import HTTPStatus
from typing import Any

import structlog
from rest_framework.renderers import JSONRenderer

from config.lib.errors import Detail, Refusal


def request_id() -> str:
    """The id of the request being answered, as the log lines carry it; empty outside a request."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def error_body(refusal: Refusal) -> dict[str, Any]:
    """The `error` member for a refusal."""
    return {
        "code": refusal.code,
        "message": str(refusal.message),
        "details": [_detail(detail) for detail in refusal.details],
    }


def _detail(detail: Detail) -> dict[str, str]:
    said = {"field": detail.field, "code": detail.code, "message": str(detail.message)}
    return {**said, "value": detail.value} if detail.value else said


def envelope(*, data: Any = None, meta: dict[str, Any] | None = None, error: dict[str, Any] | None = None) -> Any:
    """The whole answer; `meta.request_id` is always there."""
    return {"data": data, "meta": {"request_id": request_id(), **(meta or {})}, "error": error}


class Enveloped(dict[str, Any]):
    """An answer that already is an envelope (an error, a page of a list)."""


class EnvelopeRenderer(JSONRenderer):
    """Puts what a view returned into `data`, unless it is an envelope already."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is not None and response.status_code in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            return b""
        body = data if isinstance(data, Enveloped) else envelope(data=data)
        return super().render(body, accepted_media_type, renderer_context)
