"""What the wrapper adds to answers, and what it leaves alone."""

from typing import Any

import pytest
from pytest_django import Settings

from config.lib.asgi_types import ASGIApp, Receive, Scope, Send
from config.lib.safe_headers import is_secure, safe_headers, with_safe_headers
from config.lib.tests.edge_driver import ask


def answering(*headers: tuple[bytes, bytes]) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return application


async def test_what_is_missing_is_added() -> None:
    answer = await ask(with_safe_headers(answering()), "GET", "/")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "microphone=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers


async def test_what_an_answer_says_itself_stays() -> None:
    own = answering((b"Content-Security-Policy", b"default-src 'self'"), (b"x-frame-options", b"SAMEORIGIN"))
    answer = await ask(with_safe_headers(own), "GET", "/")
    names = [name.lower() for name, _value in answer.messages[0]["headers"]]
    assert sorted(names) == sorted(set(names))
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize(("path", "policy"), [("/static/a.png", "cross-origin"), ("/me/", "same-origin")])
async def test_only_shared_files_may_be_shown_elsewhere(path: str, policy: str) -> None:
    answer = await ask(with_safe_headers(answering(), shared=("/static/",)), "GET", path)
    assert answer.headers["cross-origin-resource-policy"] == policy


@pytest.mark.parametrize(
    ("scheme", "forwarded", "proxies", "secure"),
    [
        ("https", "", 0, True),
        ("http", "https", 0, False),
        ("http", "https", 1, True),
        ("http", "http", 1, False),
    ],
)
def test_tls_is_believed_of_our_own_proxies_alone(
    settings: Settings, scheme: str, forwarded: str, proxies: int, secure: bool
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert is_secure(scheme, forwarded) is secure


@pytest.mark.parametrize(
    ("subdomains", "preload", "value"),
    [(False, False, b"max-age=60"), (True, True, b"max-age=60; includeSubDomains; preload")],
)
def test_hsts_promises_what_the_settings_do(settings: Settings, subdomains: bool, preload: bool, value: bytes) -> None:
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SECURE_HSTS_PRELOAD = subdomains, preload
    safe_headers.cache_clear()
    headers: Any = dict(safe_headers(secure=True))
    safe_headers.cache_clear()
    assert headers[b"strict-transport-security"] == value
    assert b"strict-transport-security" not in dict(safe_headers(secure=False))
