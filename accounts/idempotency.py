"""Idempotency keys: the same request sent twice has its effects once, and gets the same answer twice.

Semantics as draft-ietf-httpapi-idempotency-key-header-07, section 2: the client picks the key, we keep it 24 hours, and the
same key with another request is refused. The key row is written in the transaction of the effects, so either both are
there or neither is; a concurrent repeat waits on the row's unique index and then reads the stored answer.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from django.db import connection, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from accounts.models import IdempotencyKey, User
from config.lib.api.views import ApiView
from config.lib.errors import IdempotencyMismatch, Malformed

KEPT_FOR: Final = timedelta(hours=24)
_LONGEST_KEY: Final = 255
_FIRST_REFUSAL: Final = 400

# One statement claims the key: a new row, or one whose 24 hours are over. Nothing returned: somebody has it. A concurrent
# claim of the same key waits here until the other transaction ends.
_CLAIM = """
INSERT INTO accounts_idempotencykey AS kept (principal, key, fingerprint, headers, created_at)
VALUES (%(principal)s, %(key)s, %(fingerprint)s, '{}', %(now)s)
ON CONFLICT (principal, key) DO UPDATE
    SET fingerprint = EXCLUDED.fingerprint, headers = '{}', status = NULL, answer = NULL, created_at = EXCLUDED.created_at
    WHERE kept.created_at <= %(expired)s
RETURNING id
"""

View = TypeVar("View", bound=ApiView)
Arguments = ParamSpec("Arguments")
Method = Callable[Concatenate[View, Request, Arguments], Response]


def _key_of(request: Request) -> str | None:
    """The header's key: 1 to 255 visible ASCII characters. None without the header. Raises Malformed."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Malformed
    return key


def _principal_of(request: Request) -> str:
    return f"user:{request.user.pk}" if isinstance(request.user, User) else "anonymous"


def _fingerprint_of(request: Request) -> str:
    """SHA-256 of method, path and body; the body with sorted keys, so that spelling does not matter."""
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{request.method}\n{request.path}\n{body}".encode()).hexdigest()


def _claim(*, principal: str, key: str, fingerprint: str, now: datetime) -> int | None:
    """The id of the key row that is now ours; None where the key has been answered already."""
    values: dict[str, str | datetime] = {
        "principal": principal,
        "key": key,
        "fingerprint": fingerprint,
        "now": now,
        "expired": now - KEPT_FOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _stored_answer(*, principal: str, key: str, fingerprint: str) -> Response:
    """The answer that was given before. Raises IdempotencyMismatch when it answered another request."""
    kept = IdempotencyKey.objects.get(principal=principal, key=key)
    if kept.fingerprint != fingerprint:
        raise IdempotencyMismatch
    return Response(kept.answer, status=kept.status, headers=kept.headers)


def _store(claimed: int, response: Response) -> None:
    plain = json.loads(json.dumps(response.data, cls=JSONEncoder))
    IdempotencyKey.objects.filter(pk=claimed).update(
        status=response.status_code, headers=dict(response.headers), answer=plain
    )


def idempotent(method: Method[View, Arguments]) -> Method[View, Arguments]:
    """Decorates a view's method: honours `Idempotency-Key`, per user; without the header it just runs.

    The method runs in the transaction that stores its answer (status, headers such as Location and ETag, data). What it
    refuses rolls everything back, is not kept, and may be tried again under the same key. Raises IdempotencyMismatch for a
    key that named another method, path or body, and Malformed for a key that is empty, too long or not visible ASCII.
    """

    @wraps(method)
    def answer_once(view: View, request: Request, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Response:
        key = _key_of(request)
        if key is None:
            return method(view, request, *args, **kwargs)
        named = {"principal": _principal_of(request), "key": key, "fingerprint": _fingerprint_of(request)}
        with transaction.atomic():
            claimed = _claim(**named, now=timezone.now())
            if claimed is None:
                return _stored_answer(**named)
            response = method(view, request, *args, **kwargs)
            if response.status_code >= _FIRST_REFUSAL:
                transaction.set_rollback(True)
            else:
                _store(claimed, response)
            return response

    vars(answer_once)["honours_idempotency_key"] = True  # read by the OpenAPI document
    return answer_once
