"""POST /api/v1/auth/signup."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import PASSWORD

SIGN_UP, PROFILE = reverse("accounts:sign-up"), reverse("accounts:profile")
BODY = {"email": "new@example.test", "password": PASSWORD}


def test_sign_up_answers_what_log_in_answers(api: APIClient, db: None, mailoutbox: list[EmailMessage]) -> None:
    response = api.post(SIGN_UP, BODY)
    assert (response.status_code, response["Location"]) == (201, PROFILE)
    data = response.json()["data"]
    user = User.objects.get()
    assert set(data) == {"access", "refresh", "expires_in", "user"}
    assert data["user"] == {
        "id": user.public_id,
        "email": "new@example.test",
        "email_verified": False,
        "role": "fan",
        "name": "",
        "language": "en",
        "time_zone": "UTC",
        "avatar": None,
        "phone": "",
        "phone_verified": False,
        "created_at": user.created_at.isoformat().replace("+00:00", "Z"),
        "version": 1,
    }
    assert [mail.to for mail in mailoutbox] == [["new@example.test"]]
    assert api.get(PROFILE, headers={"Authorization": f"Bearer {data['access']}"}).status_code == 200


def test_sign_up_takes_name_role_language_and_time_zone(api: APIClient, db: None) -> None:
    more = {"name": "Nina", "role": "artist", "language": "fr", "time_zone": "Europe/Paris"}
    user = api.post(SIGN_UP, {**BODY, **more}).json()["data"]["user"]
    assert {name: user[name] for name in more} == more


def test_language_left_out_is_the_request_s(api: APIClient, db: None) -> None:
    response = api.post(SIGN_UP, BODY, headers={"Accept-Language": "es-MX,es;q=0.9"})
    assert response.json()["data"]["user"]["language"] == "es"


def test_known_e_mail_is_a_conflict(api: APIClient, fan: User, mailoutbox: list[EmailMessage]) -> None:
    response = api.post(SIGN_UP, {**BODY, "email": fan.email.upper()})
    assert (response.status_code, response.json()["error"]["code"]) == (409, "EMAIL_TAKEN")
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"role": "admin"}, "VALIDATION_ERROR", "role"),
        ({"role": "organizer"}, "VALIDATION_ERROR", "role"),
        ({"email": "not a mail"}, "VALIDATION_ERROR", "email"),
        ({"password": "short"}, "VALIDATION_ERROR", "password"),
        ({"password": "new@example.test"}, "VALIDATION_ERROR", "password"),
        ({"language": "de"}, "VALIDATION_ERROR", "language"),
        ({"time_zone": "Mars/Olympus"}, "VALIDATION_ERROR", "time_zone"),
        ({"is_active": False}, "UNKNOWN_FIELD", "is_active"),
        ({"phone_verified_at": "2026-01-01T00:00:00Z"}, "UNKNOWN_FIELD", "phone_verified_at"),
    ],
)
def test_bad_values_are_refused_by_field(
    api: APIClient, db: None, change: dict[str, Any], refusal: str, field: str
) -> None:
    response = api.post(SIGN_UP, {**BODY, **change})
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (422, refusal)
    assert {detail["field"] for detail in error["details"]} == {field}
    assert not User.objects.exists()


def test_password_never_comes_back(api: APIClient, db: None) -> None:
    assert PASSWORD not in api.post(SIGN_UP, BODY).content.decode()


def test_sign_up_limit_holds_per_address(api: APIClient, db: None, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "sign_up": (1, 60)}
    assert api.post(SIGN_UP, BODY).status_code == 201
    assert api.post(SIGN_UP, BODY).status_code == 429


def test_sign_up_is_closed_while_limits_cannot_be_counted(
    api: APIClient, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.lib.api.throttling.count", lambda *_what, **_cost: None)
    assert api.post(SIGN_UP, BODY).status_code == 503
    assert not User.objects.exists()
