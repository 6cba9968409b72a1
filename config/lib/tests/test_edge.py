"""The edge's prelude, driven through plain ASGI."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import structlog
from django.db import OperationalError
from prometheus_client import REGISTRY
from pytest_django import Settings

from config.lib.api.envelope import request_id
from config.lib.asgi_types import Message, Receive, Scope, Send
from config.lib.edge import EdgeRequest, EdgeResponse, EdgeRoute, edge, ok, refused
from config.lib.errors import AuthRequired, Conflict, Detail, RateLimitExceeded
from config.lib.logging import ACCESS
from config.lib.tests.edge_driver import ask

seen: list[EdgeRequest] = []
left: list[str] = []


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    seen.clear()
    left.clear()
    structlog.contextvars.clear_contextvars()


async def echo(request: EdgeRequest) -> EdgeResponse:
    seen.append(request)
    return ok({"args": list(request.args), "size": len(request.body)})


async def refuse(request: EdgeRequest) -> EdgeResponse:
    raise Conflict(details=[Detail("artist", "taken", "Already there.")])


async def break_down(request: EdgeRequest) -> EdgeResponse:
    raise RuntimeError("the secret reason")


async def lose_database(request: EdgeRequest) -> EdgeResponse:
    raise OperationalError("connection to 10.0.0.7 refused")


async def limited(request: EdgeRequest) -> EdgeResponse:
    return refused(RateLimitExceeded(retry_after=7))


async def stream(request: EdgeRequest, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
    try:
        await asyncio.Event().wait()
    finally:
        left.append("stream")


async def refusing_stream(request: EdgeRequest, send: Send) -> None:
    raise AuthRequired


async def django(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 218, "headers": []})
    await send({"type": "http.response.body", "body": b"django"})


def at(name: str, *methods: str, handle: Any = echo, **more: Any) -> EdgeRoute:
    return EdgeRoute(name, methods, re.compile(rf"/api/{name}/([a-z0-9]+)"), handle, **more)


app = edge(
    [
        at("things", "GET", "POST", max_body=10),
        at("refuse", "POST", handle=refuse),
        at("break", "POST", handle=break_down),
        at("away", "POST", handle=lose_database),
        at("limited", "GET", handle=limited),
        at("stream", "GET", handle=None, stream=stream),
        at("closed", "GET", handle=None, stream=refusing_stream),
        EdgeRoute("hook", ("POST",), re.compile("/sms/join"), echo),
    ],
    otherwise=django,
)


async def test_a_matching_route_is_handled_with_its_captures_query_and_client() -> None:
    answer = await ask(app, "GET", "/api/things/abc", query="a=1&b=%20x&a=2", peer="192.0.2.9")

    assert answer.status == 200
    assert answer.json["data"] == {"args": ["abc"], "size": 0}
    assert answer.json["error"] is None
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["cache-control"] == "no-store"
    assert seen[0].query == {"a": "2", "b": " x"}
    assert seen[0].client == "192.0.2.9"
    assert seen[0].received_at.tzinfo is not None


@pytest.mark.parametrize(
    "path", ["/api/things/", "/api/things/abc/", "/api/things/ABC", "/elsewhere", "/api/things/abc\n"]
)
async def test_everything_else_goes_on_to_django(path: str) -> None:
    assert (await ask(app, "GET", path)).body == b"django"


async def test_a_body_in_parts_arrives_whole() -> None:
    answer = await ask(app, "POST", "/api/things/abc", parts=[b"12345", b"678", b"90"])

    assert answer.json["data"]["size"] == 10
    assert seen[0].body == b"1234567890"


async def test_an_announced_large_body_is_refused_unread() -> None:
    answer = await ask(app, "POST", "/api/things/abc", parts=[b"x" * 11], headers=[("Content-Length", "11")])

    assert (answer.status, answer.error, answer.read) == (413, "PAYLOAD_TOO_LARGE", 0)
    assert answer.headers["connection"] == "close"
    assert not seen


async def test_an_unannounced_large_body_is_refused_without_reading_on() -> None:
    answer = await ask(app, "POST", "/api/things/abc", parts=[b"x" * 6, b"x" * 6, b"x" * 6, b"x"])

    assert (answer.status, answer.read) == (413, 2)
    assert not seen


async def test_a_client_that_leaves_early_is_not_handled_and_not_answered() -> None:
    answer = await ask(app, "POST", "/api/things/abc", parts=[b"half"], leaves_early=True)

    assert answer.messages == []
    assert not seen
    assert observed("things", "POST", 499) >= 1


@pytest.mark.parametrize("method", ["DELETE", "PUT", "TRACE", "NONSENSE"])
async def test_a_wrong_method_is_405_with_allow(method: str) -> None:
    answer = await ask(app, method, "/api/things/abc")

    assert (answer.status, answer.error) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, POST, HEAD, OPTIONS"


async def test_head_is_get_without_the_body() -> None:
    get, head = await ask(app, "GET", "/api/things/abc"), await ask(app, "HEAD", "/api/things/abc")

    assert head.status == 200
    assert head.body == b""
    assert head.headers["content-length"] == get.headers["content-length"]


async def test_options_names_the_methods() -> None:
    answer = await ask(app, "OPTIONS", "/api/refuse/abc")

    assert (answer.status, answer.headers["allow"], answer.body) == (204, "POST, OPTIONS", b"")


@pytest.mark.parametrize("sent", ["a1b2c3d4", "0f8fad5b-d9cb-469f-a165-70867728950e"])
async def test_a_sane_request_id_is_kept(sent: str) -> None:
    answer = await ask(app, "GET", "/api/things/abc", headers=[("X-Request-ID", sent)])

    assert answer.headers["x-request-id"] == answer.json["meta"]["request_id"] == seen[0].request_id == sent


@pytest.mark.parametrize(
    "sent", ["", "short", "x" * 65, "has spaces in it", 'quote"quote', "línea-con-acento", "a\nb\nc\nd\ne"]
)
async def test_any_other_request_id_is_replaced(sent: str) -> None:
    answer = await ask(app, "GET", "/api/things/abc", headers=[("X-Request-ID", sent)] if sent else [])

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert answer.json["meta"]["request_id"] == answer.headers["x-request-id"]


async def test_two_requests_have_two_ids_and_do_not_leak() -> None:
    first, second = await asyncio.gather(ask(app, "GET", "/api/things/a"), ask(app, "GET", "/api/things/b"))

    assert first.json["meta"]["request_id"] != second.json["meta"]["request_id"]
    assert request_id() == ""


async def test_a_refusal_is_an_envelope_in_the_clients_language() -> None:
    answer = await ask(app, "POST", "/api/refuse/abc", headers=[("Accept-Language", "xx, en;q=0.5")])

    assert answer.status == 409
    assert answer.json["data"] is None
    assert answer.json["error"] == {
        "code": "CONFLICT",
        "message": "This conflicts with what is stored.",
        "details": [{"field": "artist", "code": "taken", "message": "Already there."}],
    }


async def test_a_fault_is_500_without_internals_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    answer = await ask(app, "POST", "/api/break/abc")

    assert (answer.status, answer.error) == (500, "INTERNAL_ERROR")
    assert b"secret" not in answer.body
    assert "the secret reason" in caplog.text


async def test_a_lost_database_is_503_without_internals() -> None:
    answer = await ask(app, "POST", "/api/away/abc")

    assert (answer.status, answer.error, answer.headers["retry-after"]) == (503, "UNAVAILABLE", "1")
    assert b"10.0.0.7" not in answer.body


async def test_retry_after_travels_as_a_header() -> None:
    answer = await ask(app, "GET", "/api/limited/abc")

    assert (answer.status, answer.headers["retry-after"]) == (429, "7")


async def test_a_stream_ends_when_its_client_leaves() -> None:
    answer = await asyncio.wait_for(ask(app, "GET", "/api/stream/abc", leaves_early=True), timeout=30)

    assert answer.body == b"data: 1\n\n"
    assert answer.headers["content-type"] == "text/event-stream"
    assert "x-request-id" in answer.headers
    assert left == ["stream"]


async def test_a_stream_ends_when_its_request_is_cancelled() -> None:
    never, streaming = asyncio.Event(), asyncio.Event()

    async def receive() -> Message:
        await never.wait()
        raise AssertionError

    async def send(message: Message) -> None:
        if message.get("more_body"):
            streaming.set()

    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/stream/abc",
        "query_string": b"",
        "headers": [],
        "client": None,
    }
    task = asyncio.ensure_future(app(scope, receive, send))
    await streaming.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert left == ["stream"]


async def test_a_refusal_before_a_stream_begins_is_an_ordinary_answer() -> None:
    answer = await ask(app, "GET", "/api/closed/abc")

    assert (answer.status, answer.error) == (401, "AUTH_REQUIRED")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_stream_does_not_answer_head() -> None:
    answer = await ask(app, "HEAD", "/api/stream/abc")

    assert (answer.status, answer.headers["allow"], answer.body) == (405, "GET, OPTIONS", b"")


def test_a_route_has_either_a_handler_or_a_stream() -> None:
    with pytest.raises(ValueError, match="either"):
        EdgeRoute("both", ("GET",), re.compile("/"), echo, stream)
    with pytest.raises(ValueError, match="either"):
        EdgeRoute("neither", ("GET",), re.compile("/"))


class TestClientAddress:
    async def client_of(self, peer: str, *forwarded: str) -> str:
        await ask(app, "GET", "/api/things/abc", peer=peer, headers=[("X-Forwarded-For", hop) for hop in forwarded])
        return seen[-1].client

    async def test_without_proxies_the_header_is_ignored(self) -> None:
        assert await self.client_of("192.0.2.1", "198.51.100.7") == "192.0.2.1"

    async def test_only_what_trusted_proxies_appended_is_believed(self, settings: Settings) -> None:
        settings.TRUSTED_PROXIES = 1
        assert await self.client_of("10.0.0.1", "6.6.6.6, 198.51.100.7") == "198.51.100.7"
        assert await self.client_of("10.0.0.1", "6.6.6.6", "198.51.100.7") == "198.51.100.7"


class TestCors:
    @pytest.fixture(autouse=True)
    def _allow(self, settings: Settings) -> None:
        settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    async def test_an_allowed_origin_may_read_even_an_error(self) -> None:
        answer = await ask(app, "POST", "/api/refuse/abc", headers=[("Origin", "https://app.example")])

        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert "RateLimit-Reset" in answer.headers["access-control-expose-headers"]
        assert answer.headers["vary"] == "Origin"

    @pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.evil", "null"])
    async def test_other_origins_may_not(self, origin: str) -> None:
        answer = await ask(app, "GET", "/api/things/abc", headers=[("Origin", origin)])

        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"

    async def test_a_preflight_is_answered(self) -> None:
        asked = [
            ("Origin", "https://app.example"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type, x-request-id"),
        ]
        answer = await ask(app, "OPTIONS", "/api/things/abc", headers=asked)

        assert answer.status == 204
        assert answer.headers["access-control-allow-methods"] == "GET, POST, HEAD, OPTIONS"
        assert answer.headers["access-control-allow-headers"] == "content-type, x-request-id"

    async def test_addresses_outside_the_api_are_for_no_other_origin(self) -> None:
        answer = await ask(app, "POST", "/sms/join", headers=[("Origin", "https://app.example")])

        assert "access-control-allow-origin" not in answer.headers


def observed(route: str, method: str, status: int) -> float:
    labels = {"route": route, "method": method, "status": str(status)}
    return REGISTRY.get_sample_value("fanfare_edge_request_seconds_count", labels) or 0


async def test_each_request_is_counted_by_route_method_and_status() -> None:
    before = observed("refuse", "POST", 409)

    await ask(app, "POST", "/api/refuse/abc")

    assert observed("refuse", "POST", 409) == before + 1


async def test_an_invented_method_does_not_make_a_label() -> None:
    await ask(app, "INVENTED1", "/api/things/abc")

    assert observed("things", "INVENTED1", 405) == 0
    assert observed("things", "other", 405) >= 1


async def test_one_line_is_logged_without_query_or_body(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger=ACCESS)
    logging.getLogger(ACCESS).addHandler(caplog.handler)

    answer = await ask(app, "POST", "/api/things/abc", parts=[b"bodytext"], query="viewing=querytext")

    logging.getLogger(ACCESS).removeHandler(caplog.handler)
    (record,) = caplog.records
    line = json.loads(record.getMessage())
    assert 0 <= line.pop("ms") < 60_000
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is not None
    assert line == {
        "event": "edge.request",
        "route": "things",
        "method": "POST",
        "status": 200,
        "request_id": answer.headers["x-request-id"],
    }
