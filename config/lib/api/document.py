"""The pieces of the OpenAPI document that every operation shares, and how the edge's operations are described.

Used by `schema.py` for views, and by the `edge_schema.py` of apps whose addresses never meet REST framework.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from config.lib import errors
from config.lib.errors import Refusal, all_refusals

Schema = dict[str, Any]

JSON: Final = "application/json"

# What any address may answer, whatever it does.
ANYWHERE: Final = (errors.NotAcceptable, errors.RateLimitExceeded, errors.InternalError, errors.Unavailable)
WITH_CREDENTIALS: Final = (errors.InvalidToken, errors.TokenExpired, errors.InvalidApiKey)
WITH_BODY: Final = (
    errors.Malformed,
    errors.PayloadTooLarge,
    errors.UnsupportedMediaType,
    errors.ValidationError,
    errors.UnknownField,
)

_EVERYWHERE: Final = ("X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def ref(kind: str, name: str) -> Schema:
    """A reference to a shared component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def enveloped(data: Schema | None, *, paged: bool = False) -> Schema:
    """The schema of a successful answer with `data` in it."""
    return {
        "type": "object",
        "required": ["data", "meta", "error"],
        "properties": {
            "data": data or {"type": "null"},
            "meta": ref("schemas", "PageMeta" if paged else "Meta"),
            "error": {"type": "null"},
        },
    }


def answer(description: str, data: Schema | None = None, *, headers: Iterable[str] = (), paged: bool = False) -> Schema:
    """A successful JSON answer; `headers` names shared header components."""
    return {
        "description": description,
        "headers": header_refs(headers),
        "content": {JSON: {"schema": enveloped(data, paged=paged)}},
    }


def header_refs(more: Iterable[str] = ()) -> Schema:
    """The headers of every answer, and `more`."""
    return {name: ref("headers", name) for name in (*_EVERYWHERE, *more)}


def error_answers(refusals: Iterable[type[Refusal]]) -> dict[str, Schema]:
    """One response per HTTP status, naming the codes it may carry."""
    by_status: defaultdict[int, set[type[Refusal]]] = defaultdict(set)
    for refusal in refusals:
        by_status[refusal.status].add(refusal)
    return {
        str(status): _answer_of(status, {refusal.code: refusal for refusal in found})
        for status, found in sorted(by_status.items())
    }


def _answer_of(status: int, refusals: Mapping[str, type[Refusal]]) -> Schema:
    shared = [refusal for refusal in refusals.values() if not _repeats(refusal)]
    if len(refusals) == len(shared) == 1:
        return ref("responses", *refusals)
    return _error_answer(status, set(refusals))


def _repeats(refusal: type[Refusal]) -> bool:
    """Whether it has its base's code, under another status: the shared answer of that code is the base's."""
    return getattr(refusal.__base__, "code", "") == refusal.code


def _error_answer(status: int, codes: set[str]) -> Schema:
    more = {
        HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
        HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    }.get(HTTPStatus(status), ())
    these = {"properties": {"error": {"properties": {"code": {"enum": sorted(codes)}}}}}
    return {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(sorted(codes))}",
        "headers": header_refs(more),
        "content": {JSON: {"schema": {"allOf": [ref("schemas", "ErrorAnswer"), these]}}},
    }


def _named_refusals() -> list[type[Refusal]]:
    """Every refusal of ours; those that tests make up are left out."""
    return [refusal for refusal in all_refusals() if ".tests" not in refusal.__module__]


def error_codes() -> list[str]:
    """Every code a client may meet, sorted."""
    return sorted({refusal.code for refusal in _named_refusals()})


def _header(description: str, kind: str = "string") -> Schema:
    return {"description": description, "schema": {"type": kind}}


def components() -> Mapping[str, Schema]:
    """The shared components: the envelope's members, the codes, the headers."""
    request_id = {"type": "string", "description": "The request's id, as in X-Request-Id and in our logs."}
    cursor = {"type": ["string", "null"], "description": "A value for `cursor`; null at the end."}
    return {
        "responses": {
            refusal.code: _error_answer(refusal.status, {refusal.code})
            for refusal in _named_refusals()
            if not _repeats(refusal)
        },
        "schemas": {
            "Meta": {"type": "object", "required": ["request_id"], "properties": {"request_id": request_id}},
            "PageMeta": {
                "type": "object",
                "required": ["request_id", "next", "previous"],
                "properties": {"request_id": request_id, "next": cursor, "previous": cursor},
            },
            "ErrorCode": {"type": "string", "enum": error_codes(), "description": "Stable; new ones may be added."},
            "ErrorDetail": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string", "description": "`venue.city`, `items.0.quantity`, or empty."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "value": {
                        "type": "string",
                        "description": "What to go on with, where there is something: a challenge.",
                    },
                },
            },
            "ErrorAnswer": _error_schema(),
        },
        "headers": {
            "X-Request-Id": _header("The request's id."),
            "RateLimit-Limit": _header("Requests allowed in the window.", "integer"),
            "RateLimit-Remaining": _header("Requests left in the window.", "integer"),
            "RateLimit-Reset": _header("Seconds until the window ends.", "integer"),
            "Retry-After": _header("Seconds to wait.", "integer"),
            "WWW-Authenticate": _header("How to sign in."),
            "ETag": _header("The state of the resource, for If-None-Match and If-Match."),
            "Location": _header("The address of what was made."),
        },
    }


def _error_schema() -> Schema:
    error = {
        "type": "object",
        "required": ["code", "message", "details"],
        "properties": {
            "code": ref("schemas", "ErrorCode"),
            "message": {"type": "string", "description": "A sentence for a person, in their language."},
            "details": {"type": "array", "items": ref("schemas", "ErrorDetail")},
        },
    }
    properties = {"data": {"type": "null"}, "meta": ref("schemas", "Meta"), "error": error}
    return {"type": "object", "required": ["data", "meta", "error"], "properties": properties}
