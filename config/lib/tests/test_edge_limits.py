"""What the edge announces of limits, counts by itself, and tells browsers."""

import re
from typing import Any

import pytest
from pytest_django import Settings

from config.lib import edge as the_edge
from config.lib.asgi_types import Send
from config.lib.edge import EdgeRequest, EdgeResponse, EdgeRoute, edge, ok
from config.lib.errors import Conflict
from config.lib.limits import ProcessWindow
from config.lib.tests.edge_driver import ask
from config.lib.tests.test_edge import django

windows = {"readers": ProcessWindow("few")}


async def read(request: EdgeRequest) -> EdgeResponse:
    request.counted(windows["readers"].count(request.network))
    if request.query.get("refuse"):
        raise Conflict
    return ok({})


async def stream(request: EdgeRequest, send: Send) -> None:
    request.counted(windows["readers"].count(request.network))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def at(path: str, **handlers: Any) -> EdgeRoute:
    return EdgeRoute(path, ("GET",), re.compile(path), max_body=8, **handlers)


app = edge([at("/api/board", handle=read), at("/api/stream", stream=stream), at("/sms/join", handle=read)], django)


@pytest.fixture(autouse=True)
def _fresh(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LIMITS = {"few": (2, 60), "bad_token": (2, 60)}
    monkeypatch.setattr(the_edge, "_refused", ProcessWindow("bad_token"))
    monkeypatch.setitem(windows, "readers", ProcessWindow("few"))


async def left(path: str, **said: Any) -> tuple[int, str, str]:
    answer = await ask(app, "GET", path, **said)
    return answer.status, answer.headers.get("ratelimit-remaining", "-"), answer.headers.get("retry-after", "-")


@pytest.mark.parametrize("path", ["/api/board", "/api/stream"])
async def test_every_answer_says_what_is_left(path: str) -> None:
    assert [(await left(path))[:2] for _ in range(3)] == [(200, "1"), (200, "0"), (429, "0")]
    status, _left, retry = await left(path)
    assert (status, 0 < int(retry) <= 60) == (429, True)


async def test_a_refusal_says_it_too() -> None:
    assert await left("/api/board", query="refuse=1") == (409, "1", "-")


async def test_what_is_refused_before_anything_is_counted_is_counted_per_address() -> None:
    async def wrong(peer: str) -> tuple[int, str]:
        answer = await ask(app, "PUT", "/api/board", peer=peer)
        return answer.status, answer.headers["ratelimit-remaining"]

    assert [await wrong("192.0.2.1") for _ in range(3)] == [(405, "1"), (405, "0"), (429, "0")]
    assert await wrong("192.0.2.2") == (405, "1")
    assert (await left("/api/board", peer="192.0.2.1"))[0] == 200, "it keeps nobody out who asks rightly"


async def test_other_addresses_than_the_apis_count_no_refusals() -> None:
    answer = await ask(app, "PUT", "/sms/join")
    assert (answer.status, "ratelimit-limit" in answer.headers) == (405, False)


@pytest.mark.parametrize(
    ("proxies", "first", "second", "same"),
    [
        (0, "198.51.100.1", "198.51.100.2", True),
        (1, "6.6.6.6, 198.51.100.1", "7.7.7.7, 198.51.100.1", True),
        (1, "198.51.100.1", "198.51.100.2", False),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1, 10.0.0.1", True),
        (1, "2001:db8:1:2::3", "2001:db8:1:2::4", True),
        (1, "2001:db8:1:2::3", "2001:db8:1:5::4", False),
    ],
)
async def test_who_is_counted(settings: Settings, proxies: int, first: str, second: str, same: bool) -> None:
    settings.TRUSTED_PROXIES = proxies
    for address in (first, first):
        await left("/api/board", headers=[("X-Forwarded-For", address)])
    status, *_rest = await left("/api/board", headers=[("X-Forwarded-For", second)])
    assert status == (429 if same else 200)


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/board"), ("PUT", "/api/board"), ("GET", "/api/stream")])
async def test_every_answer_is_safe_to_open(settings: Settings, method: str, path: str) -> None:
    settings.TRUSTED_PROXIES = 1
    answer = await ask(app, method, path, headers=[("X-Forwarded-Proto", "https")])
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
