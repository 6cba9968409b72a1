"""What people and programs are told when an address cannot answer."""

import re
from typing import Any

import pytest
import redis
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, include, path

from config.api_docs import TryItPage
from config.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("the secret reason")


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret reason")


def lose_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection to the secret address refused")


def lose_redis(request: HttpRequest) -> HttpResponse:
    redis.Redis(host="127.0.0.1", port=1).get("x")
    raise AssertionError


VIEWS = {"refuse": refuse, "suspect": suspect, "fail": fail, "database": lose_database, "redis": lose_redis}
urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{prefix}{name}", view) for prefix in ("", "api/v1/") for name, view in VIEWS.items()
]
urlpatterns += [  # where the head and the foot of every page lead
    path("", include("artists.urls")),
    path("", include("events.urls")),
    path("accounts/", include("accounts.urls")),
    path("api/docs/", TryItPage.as_view(), name="api-docs"),
]
STATUSES = [("suspect", 400), ("refuse", 403), ("nothing", 404), ("fail", 500), ("database", 503), ("redis", 503)]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status"), STATUSES)
def test_people_get_a_page(visitor: Client, address: str, status: int) -> None:
    answer = visitor.get(f"/{address}")
    page = answer.content.decode()

    assert answer.status_code == status
    assert re.search(r'<html lang="en">.*<main .*<h1 ', page, re.DOTALL)
    assert "secret" not in page


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status"), STATUSES)
def test_programs_get_the_envelope(visitor: Client, address: str, status: int) -> None:
    answer = visitor.get(f"/api/v1/{address}")
    codes = {400: "MALFORMED", 403: "FORBIDDEN", 404: "NOT_FOUND", 500: "INTERNAL_ERROR", 503: "UNAVAILABLE"}

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == codes[status]
    assert answer.json()["meta"]["request_id"] == answer["X-Request-Id"]
    assert "secret" not in answer.content.decode()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("address", ["/database", "/api/v1/redis"])
def test_an_outage_says_when_to_come_back(visitor: Client, address: str) -> None:
    assert int(visitor.get(address)["Retry-After"]) > 0


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/", "/api/v1/nothing", "/api/v2/events", "/api/v1/auth/login/"])
def test_every_address_of_the_api_that_nobody_has_is_an_envelope(address: str, method: str) -> None:
    answer: Any = getattr(Client(enforce_csrf_checks=True), method)(address)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_a_form_without_its_token_says_that_nothing_was_changed(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "fay@example.org"})

    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()


@pytest.mark.parametrize(("language", "said"), [("es", 'lang="es"'), ("fr", 'lang="fr"')])
def test_pages_speak_the_browsers_language(client: Client, language: str, said: str) -> None:
    assert said in client.get("/nothing", headers={"Accept-Language": language}).content.decode()


@pytest.mark.parametrize(
    "address", ["/nothing", "/accounts/login/", "/health", "/robots.txt", "/api/v1/nothing", "/metrics"]
)
def test_every_page_has_a_strict_policy(client: Client, db: None, address: str) -> None:
    policy = client.get(address)["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert parts["default-src"] == "'none'"
    assert parts["script-src"] == parts["style-src"] == "'self'"
    assert parts["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy


def test_every_page_has_the_other_safety_headers(client: Client) -> None:
    answer = client.get("/nothing")

    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_robots_are_kept_from_personal_links(client: Client) -> None:
    answer = client.get("/robots.txt")

    assert answer["Content-Type"].startswith("text/plain")
    assert {"Disallow: /v/", "Disallow: /c/", "Disallow: /p/"} <= set(answer.content.decode().splitlines())
