"""POST /api/v1/auth/login, refresh, logout: as anybody may send them."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import RefreshFamily, User
from accounts.services.clients import SignedIn, open_client
from accounts.tests.factories import PASSWORD
from config.lib import limits
from config.tests.fixtures import acting

LOG_IN, REFRESH, LOG_OUT = reverse("accounts:log-in"), reverse("accounts:refresh"), reverse("accounts:log-out")
PROFILE = reverse("accounts:profile")


@pytest.fixture
def signed(fan: User, now: datetime) -> SignedIn:
    return open_client(actor=acting(fan), user=fan, now=now)


def bearer(signed: SignedIn) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed.tokens.access}"}


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_addresses_are_the_promised_ones() -> None:
    assert (LOG_IN, REFRESH, LOG_OUT) == ("/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/logout")


def test_log_in_answers_tokens_and_whose_they_are(api: APIClient, fan: User, settings: Settings) -> None:
    response = api.post(LOG_IN, {"email": fan.email, "password": PASSWORD})
    assert response.status_code == 200
    data = response.json()["data"]
    assert set(data) == {"access", "refresh", "expires_in", "user"}
    assert data["expires_in"] == settings.ACCESS_TOKEN_SECONDS
    user = data["user"]
    assert (user["id"], user["email"], user["role"], user["email_verified"]) == (fan.public_id, fan.email, "fan", False)
    assert api.get(PROFILE, headers={"Authorization": f"Bearer {data['access']}"}).status_code == 200


def test_log_in_is_never_cached_and_announces_its_own_limit(api: APIClient, fan: User) -> None:
    response = api.post(LOG_IN, {"email": fan.email, "password": PASSWORD})
    assert response["Cache-Control"] == "no-store"
    assert response["RateLimit-Limit"] == str(limits.limit_named("sign_in")[0])


@pytest.mark.parametrize("email", ["known", "unknown"])
def test_refused_log_in_does_not_tell_whether_the_account_exists(api: APIClient, fan: User, email: str) -> None:
    sent = {"email": fan.email if email == "known" else "nobody@example.test", "password": "not the password"}
    response = api.post(LOG_IN, sent)
    assert code(response) == (401, "INVALID_CREDENTIALS")
    error = response.json()["error"]
    assert (error["message"], error["details"]) == ("This e-mail and password do not match.", [])


def test_stale_token_does_not_keep_a_client_from_signing_in(api: APIClient, fan: User) -> None:
    response = api.post(
        LOG_IN, {"email": fan.email, "password": PASSWORD}, headers={"Authorization": "Bearer old.and.gone"}
    )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "refusal", "fields"),
    [
        ({}, 422, "VALIDATION_ERROR", {"email", "password"}),
        ({"email": "x", "password": "y"}, 422, "VALIDATION_ERROR", {"email"}),
        ({"email": "a@b.test", "password": "y" * 129}, 422, "VALIDATION_ERROR", {"password"}),
        ({"email": "a@b.test", "password": "y", "remember": True}, 422, "UNKNOWN_FIELD", {"remember"}),
        ({"email": ["a@b.test"], "password": {"y": 1}}, 422, "VALIDATION_ERROR", {"email", "password"}),
        ({"email": "a@b.test", "password": "a\x00b"}, 422, "VALIDATION_ERROR", {"password"}),
    ],
)
def test_bad_bodies_are_refused_by_field(
    api: APIClient, db: None, body: Any, status: int, refusal: str, fields: set[str]
) -> None:
    response = api.post(LOG_IN, body)
    assert code(response) == (status, refusal)
    assert {detail["field"] for detail in response.json()["error"]["details"]} == fields


@pytest.mark.parametrize("raw", ["{", "[]", '"x"', "null", ""])
def test_bodies_that_are_no_object_are_refused(api: APIClient, db: None, raw: str) -> None:
    assert api.post(LOG_IN, raw, content_type="application/json").status_code in {400, 422}


def test_sign_in_limit_holds_per_address(api: APIClient, fan: User, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "sign_in": (2, 60)}
    sent = {"email": fan.email, "password": "not the password"}
    assert [api.post(LOG_IN, sent).status_code for _ in range(3)] == [401, 401, 429]
    refused = api.post(LOG_IN, {"email": fan.email, "password": PASSWORD})
    assert code(refused) == (429, "RATE_LIMIT_EXCEEDED")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert api.post(LOG_IN, sent, REMOTE_ADDR="203.0.113.9").status_code == 401


def test_sign_in_is_closed_while_limits_cannot_be_counted(
    api: APIClient, fan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.lib.api.throttling.count", lambda *_what, **_cost: None)
    assert code(api.post(LOG_IN, {"email": fan.email, "password": PASSWORD})) == (503, "UNAVAILABLE")


def test_refresh_answers_new_tokens_once(api: APIClient, signed: SignedIn) -> None:
    sent = {"refresh": signed.tokens.refresh}
    first = api.post(REFRESH, sent)
    assert first.status_code == 200
    assert set(first.json()["data"]) == {"access", "refresh", "expires_in", "user"}
    assert code(api.post(REFRESH, sent)) == (401, "INVALID_TOKEN")
    assert code(api.post(REFRESH, {"refresh": first.json()["data"]["refresh"]})) == (401, "INVALID_TOKEN")


@pytest.mark.parametrize("token", ["x", "a.b.c", "ff_key"])
def test_refresh_refuses_what_is_no_refresh_token(api: APIClient, db: None, token: str) -> None:
    assert code(api.post(REFRESH, {"refresh": token})) == (401, "INVALID_TOKEN")


def test_log_out_ends_access_and_refresh_at_once(api: APIClient, signed: SignedIn) -> None:
    response = api.post(LOG_OUT, headers=bearer(signed))
    assert (response.status_code, response.content) == (204, b"")
    assert code(api.get(PROFILE, headers=bearer(signed))) == (401, "INVALID_TOKEN")
    assert code(api.post(REFRESH, {"refresh": signed.tokens.refresh})) == (401, "INVALID_TOKEN")


def test_log_out_with_a_refresh_token_ends_that_client_too(
    api: APIClient, signed: SignedIn, fan: User, now: datetime
) -> None:
    other = open_client(actor=acting(fan), user=fan, now=now)
    assert api.post(LOG_OUT, {"refresh": other.tokens.refresh}, headers=bearer(signed)).status_code == 204
    assert not RefreshFamily.objects.alive(now=now).exists()


def test_log_out_of_a_session_ends_the_session(fan: User) -> None:
    browser = Client()
    browser.force_login(fan)
    assert browser.get(PROFILE).status_code == 200
    assert browser.post(LOG_OUT, content_type="application/json").status_code == 204
    assert browser.get(PROFILE).status_code == 401


def test_session_must_pass_csrf(fan: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(fan)
    assert code(browser.post(LOG_OUT, content_type="application/json")) == (403, "FORBIDDEN")
    assert browser.get(PROFILE).status_code == 200


def test_log_out_needs_somebody(api: APIClient, db: None) -> None:
    response = api.post(LOG_OUT)
    assert code(response) == (401, "AUTH_REQUIRED")
    assert response["WWW-Authenticate"] == 'Bearer realm="fanfare"'


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        ("Bearer", "INVALID_TOKEN"),
        ("Bearer x", "INVALID_TOKEN"),
        ("Bearer a b", "INVALID_TOKEN"),
        ("bearer a.b.c", "INVALID_TOKEN"),
        ("Bearer ff_0123456789", "INVALID_API_KEY"),
        ("Basic dXNlcjpwYXNz", "AUTH_REQUIRED"),
        ("", "AUTH_REQUIRED"),
    ],
)
def test_every_other_authorization_is_refused_by_name(api: APIClient, db: None, header: str, refusal: str) -> None:
    assert code(api.get(PROFILE, headers={"Authorization": header})) == (401, refusal)


@pytest.mark.parametrize("address", [LOG_IN, REFRESH, LOG_OUT, reverse("accounts:sign-up")])
@pytest.mark.parametrize("verb", ["get", "put", "patch", "delete"])
def test_other_verbs_are_not_allowed(api: APIClient, db: None, address: str, verb: str) -> None:
    response = getattr(api, verb)(address)
    assert code(response) == (405, "METHOD_NOT_ALLOWED")
    assert "POST" in response["Allow"]


def test_signed_request_costs_one_query_more_than_its_work(
    api: APIClient, signed: SignedIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # the family with its user; whether the e-mail is confirmed
        api.get(PROFILE, headers=bearer(signed))
