"""The edge: the few addresses that never meet Django's middleware (ADR 0004).

An edge address is an async function from EdgeRequest to EdgeResponse; routes are data, composed in `config/asgi.py`.
This prelude gives each of them what every other address gets from Django and DRF: a request id, the client's address, a
body limit, 405 with Allow, CORS, refusals as envelopes, one log line and one metric. Everything else goes on to Django.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from prometheus_client import Histogram

from config.lib.api.envelope import envelope, error_body
from config.lib.asgi_types import ASGIApp, Message, RawHeaders, Receive, Scope, Send
from config.lib.client_address import client_address, network_of
from config.lib.errors import (
    InternalError,
    MethodNotAllowed,
    PayloadTooLarge,
    RateLimitExceeded,
    Refusal,
    Unavailable,
)
from config.lib.languages import speaking
from config.lib.limits import Allowance, ProcessWindow
from config.lib.logging import ACCESS
from config.lib.outages import AWAY
from config.lib.request_ids import request_id_from
from config.lib.safe_headers import is_secure, safe_headers
from config.lib.stopping import end

logger = structlog.get_logger(__name__)
access = logging.getLogger(ACCESS)

MAX_BODY = 16_384
CLIENT_GONE = 499  # nginx's name for "the client left before the answer"; only in logs and metrics
_LATENCY = Histogram(
    "fanfare_edge_request_seconds",
    "Time from the whole request head to the whole answer, by edge route; its _count is the number of requests.",
    ("route", "method", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
_JSON = DjangoJSONEncoder(ensure_ascii=False, separators=(",", ":"))
_API = "/api/"
_refused = ProcessWindow("bad_token")
_EXPOSED = b"ETag, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id"


@dataclass(frozen=True, slots=True)
class EdgeRequest:
    """What a handler is given. `args` are the path's captures; header names are lower case; `body` is complete.

    `query_string` is the query as it was sent, for signatures over the address. A limit that counted the request is put into
    `limits`; the answer, whatever it says, announces the last.
    """

    method: str
    path: str
    args: tuple[str, ...]
    query: Mapping[str, str]
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    client: str
    request_id: str
    received_at: datetime
    limits: list[Allowance]

    @property
    def network(self) -> str:
        """What limits per address count for the client."""
        return network_of(self.client)

    def counted(self, allowance: Allowance) -> None:
        """Announce what a limit has left. Raises RateLimitExceeded when that is nothing."""
        self.limits.append(allowance)
        if allowance.exceeded:
            raise RateLimitExceeded(retry_after=allowance.reset)


@dataclass(frozen=True, slots=True)
class EdgeResponse:
    """A whole answer. Without a Cache-Control of its own it is `no-store`."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class EdgeRoute:
    """One address: the `pattern` must match the whole path. Exactly one of `handle` and `stream` is given.

    GET routes with `handle` answer HEAD as well. A `stream` sends ASGI messages itself and is cancelled when its client
    leaves; a Refusal raised before its first message is answered like any other.
    """

    name: str
    methods: tuple[str, ...]
    pattern: re.Pattern[str]
    handle: Callable[[EdgeRequest], Awaitable[EdgeResponse]] | None = None
    stream: Callable[[EdgeRequest, Send], Awaitable[None]] | None = None
    max_body: int = MAX_BODY
    answers: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        if (self.handle is None) == (self.stream is None):
            raise ValueError(f"{self.name} needs either a handler or a stream")
        head = ("HEAD",) if self.handle and "GET" in self.methods else ()
        object.__setattr__(self, "answers", (*self.methods, *head, "OPTIONS"))


class _ClientGone(Exception):
    """The client closed the connection before its request was complete."""


def ok(data: Any, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> EdgeResponse:
    """`data` in the envelope."""
    return EdgeResponse(status, _JSON.encode(envelope(data=data)).encode(), tuple(headers))


def refused(refusal: Refusal) -> EdgeResponse:
    """The refusal in the envelope, in the active language. Raising it does the same in the client's language."""
    headers: list[tuple[str, str]] = []
    if refusal.retry_after is not None:
        headers.append(("Retry-After", str(refusal.retry_after)))
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers.append(("WWW-Authenticate", 'Bearer realm="fanfare"'))
    body = _JSON.encode(envelope(error=error_body(refusal))).encode()
    return EdgeResponse(refusal.status, body, tuple(headers))


class _Answer:
    """Sends one answer with what every edge answer carries; as a callable it is a stream's ASGI `send`."""

    __slots__ = ("_carried", "_send", "limits", "status")

    def __init__(self, send: Send, carried: RawHeaders) -> None:
        self._send = send
        self._carried = carried
        self.limits: list[Allowance] = []
        self.status = 0  # nothing sent yet

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            limit = self.limits[-1].raw_headers() if self.limits else ()
            message = {**message, "headers": [*message.get("headers", ()), *limit, *self._carried]}
        await self._send(message)

    async def whole(self, response: EdgeResponse, *, head_only: bool = False) -> None:
        """Send the response; to HEAD its headers alone, with the length its body would have."""
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.headers]
        if not any(name == b"cache-control" for name, _value in headers):
            headers.append((b"cache-control", b"no-store"))
        if response.status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
            headers.append((b"content-type", response.content_type.encode()))
            headers.append((b"content-length", str(len(response.body)).encode()))
        await self({"type": "http.response.start", "status": response.status, "headers": headers})
        await self({"type": "http.response.body", "body": b"" if head_only else response.body})


def _headers_of(scope: Scope) -> dict[str, str]:
    """Names in lower case, as ASGI gives them; a header that was sent several times is joined with commas."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _client_of(scope: Scope, headers: Mapping[str, str]) -> str:
    """The client's IP address."""
    return client_address(
        peer=(scope.get("client") or ("",))[0],
        forwarded_for=headers.get("x-forwarded-for", ""),
        trusted_proxies=settings.TRUSTED_PROXIES,
    )


async def _body_of(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """The whole body. Raises PayloadTooLarge as soon as it is known to be, without reading on."""
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise PayloadTooLarge
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientGone
        body += message.get("body", b"")
        if len(body) > limit:
            raise PayloadTooLarge
        if not message.get("more_body", False):
            return body


def _carried_headers(request_id: str, scope: Scope, headers: Mapping[str, str]) -> RawHeaders:
    """What every answer carries: its request id, what browsers may do with it, and who may read it from another origin."""
    path, secure = scope["path"], is_secure(scope.get("scheme", ""), headers.get("x-forwarded-proto", ""))
    carried = ((b"x-request-id", request_id.encode()), *safe_headers(secure=secure))
    if not settings.CORS_ALLOWED_ORIGINS or not re.match(settings.CORS_URLS_REGEX, path):
        return carried
    origin = headers.get("origin", "")
    if origin not in settings.CORS_ALLOWED_ORIGINS:
        return (*carried, (b"vary", b"Origin"))
    allowed = (b"access-control-allow-origin", origin.encode("latin-1"))
    return (*carried, (b"vary", b"Origin"), allowed, (b"access-control-expose-headers", _EXPOSED))


def _options(route: EdgeRoute, headers: Mapping[str, str]) -> EdgeResponse:
    """What the address answers, and what a browser asks before it sends a request from another origin."""
    allow = ("Allow", ", ".join(route.answers))
    if "access-control-request-method" not in headers:
        return EdgeResponse(204, b"", (allow,))
    wanted = headers.get("access-control-request-headers", "")
    return EdgeResponse(
        204,
        b"",
        (
            allow,
            ("Access-Control-Allow-Methods", ", ".join(route.answers)),
            ("Access-Control-Allow-Headers", wanted if re.fullmatch(r"[\w\-, ]*", wanted) else ""),
            ("Access-Control-Max-Age", "86400"),
        ),
    )


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _run_stream(streaming: Awaitable[None], receive: Receive) -> None:
    """Runs until the stream ends or its client leaves, whichever is first; raises what the stream raised."""
    work = asyncio.ensure_future(streaming)
    leaving = asyncio.ensure_future(_until_left(receive))
    try:
        await asyncio.wait({work, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(work, leaving)
    if not work.cancelled():
        work.result()


def _refusal_for(error: Exception) -> Refusal:
    """The refusal to answer with. A fault of ours is logged here, whole, and told to nobody."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, AWAY):
        logger.warning("edge.unavailable", exc_info=error)
        return Unavailable(retry_after=1)
    logger.error("edge.failed", exc_info=error)
    return InternalError()


@dataclass(slots=True)
class _Exchange:
    """One request, from its head to its log line."""

    route: EdgeRoute
    args: tuple[str, ...]
    scope: Scope
    receive: Receive
    headers: dict[str, str]
    answer: _Answer

    async def run(self) -> None:
        started = perf_counter()
        try:
            await self._serve()
        except _ClientGone:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer and we get a log entry
            await self._answer_error(_refusal_for(error))
        finally:
            self._record(perf_counter() - started)

    async def _serve(self) -> None:
        """Check, hand over, answer. Raises a Refusal, _ClientGone, or whatever the handler raised."""
        method, route = self.scope["method"], self.route
        if method not in route.answers:
            raise MethodNotAllowed
        if method == "OPTIONS":
            return await self.answer.whole(_options(route, self.headers))
        has_body = method not in {"GET", "HEAD"}
        request = self._request(await _body_of(self.receive, self.headers, route.max_body) if has_body else b"")
        if route.stream:
            return await _run_stream(route.stream(request, self.answer), self.receive)
        assert route.handle
        return await self.answer.whole(await route.handle(request), head_only=method == "HEAD")

    def _request(self, body: bytes) -> EdgeRequest:
        query: bytes = self.scope["query_string"]
        return EdgeRequest(
            method=self.scope["method"],
            path=self.scope["path"],
            args=self.args,
            query=dict(parse_qsl(query.decode("latin-1"))) if query else {},
            query_string=query.decode("latin-1"),
            headers=self.headers,
            body=body,
            client=_client_of(self.scope, self.headers),
            request_id=self.headers["x-request-id"],
            received_at=datetime.now(UTC),
            limits=self.answer.limits,
        )

    async def _answer_error(self, refusal: Refusal) -> None:
        """The refusal in the client's language, unless an answer has begun: that ends unfinished, which a client can tell."""
        if self.answer.status:
            return
        refusal = self._counted(refusal)
        with speaking(self.headers.get("accept-language", "")):
            response = refused(refusal)
        headers = response.headers
        if isinstance(refusal, MethodNotAllowed):
            headers = (*headers, ("Allow", ", ".join(self.route.answers)))
        elif isinstance(refusal, PayloadTooLarge):
            headers = (*headers, ("Connection", "close"))  # what is left of the body is not read
        whole = EdgeResponse(response.status, response.body, headers)
        await self.answer.whole(whole, head_only=self.scope["method"] == "HEAD")

    def _counted(self, refusal: Refusal) -> Refusal:
        """The refusal, or RateLimitExceeded: what the API refuses before anything else has counted it, counts per address."""
        if self.answer.limits or not self.scope["path"].startswith(_API):
            return refusal
        allowance = _refused.count(network_of(_client_of(self.scope, self.headers)))
        self.answer.limits.append(allowance)
        return RateLimitExceeded(retry_after=allowance.reset) if allowance.exceeded else refusal

    def _record(self, seconds: float) -> None:
        """One log line and one observation; never the query string or the body, which hold tokens and texts.

        The line is written as it is, because a structured one would cost more than the rest of the edge together; all that
        is in it is ours, and needs neither escaping nor scrubbing.
        """
        name, status = self.route.name, self.answer.status or CLIENT_GONE
        method = self.scope["method"] if self.scope["method"] in self.route.answers else "other"
        _LATENCY.labels(name, method, status).observe(seconds)
        access.info(
            '{"event":"edge.request","route":"%s","method":"%s","status":%d,"ms":%.2f,"request_id":"%s","timestamp":"%s"}',
            name,
            method,
            status,
            seconds * 1000,
            self.headers["x-request-id"],
            datetime.now(UTC).isoformat(),
        )


def _exchange(route: EdgeRoute, args: tuple[str, ...], scope: Scope, receive: Receive, send: Send) -> _Exchange:
    """What is needed to serve the request; binds its id for the log and the envelope."""
    headers = _headers_of(scope)
    headers["x-request-id"] = request_id_from(headers.get("x-request-id", ""))
    structlog.contextvars.bind_contextvars(request_id=headers["x-request-id"])
    answer = _Answer(send, _carried_headers(headers["x-request-id"], scope, headers))
    return _Exchange(route, args, scope, receive, headers, answer)


def edge(routes: Sequence[EdgeRoute], otherwise: ASGIApp) -> ASGIApp:
    """An ASGI application for HTTP that tries `routes` in order and gives everything else to `otherwise`."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        for route in routes:
            if match := route.pattern.fullmatch(path):
                return await _exchange(route, match.groups(), scope, receive, send).run()
        return await otherwise(scope, receive, send)

    return application
