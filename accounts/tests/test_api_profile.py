"""GET and PATCH /api/v1/auth/profile."""

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.actors import Credential
from accounts.models import User
from accounts.services.clients import open_client
from accounts.tests.factories import confirm_email
from config.tests.fixtures import acting

PROFILE = reverse("accounts:profile")


@pytest.fixture
def mine(api: APIClient, fan: User) -> APIClient:
    """The client of `fan`, freshly read for each request as a token would."""
    api.force_authenticate(fan)
    return api


def test_profile_is_the_one_of_who_asks(mine: APIClient, fan: User, outsider: User) -> None:
    confirm_email(fan)
    response = mine.get(PROFILE)
    data = response.json()["data"]
    assert (data["id"], data["name"], data["email_verified"]) == (fan.public_id, fan.name, True)
    assert response["ETag"] == f'"{fan.public_id}.1"'
    assert "no-store" in response["Cache-Control"]


def test_unchanged_profile_is_not_sent_again(mine: APIClient) -> None:
    etag = mine.get(PROFILE)["ETag"]
    again = mine.get(PROFILE, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_patch_changes_what_it_names(mine: APIClient, fan: User) -> None:
    response = mine.patch(PROFILE, {"name": "Fay", "language": "es", "phone": "+1 202 555 0123"})
    data = response.json()["data"]
    assert (data["name"], data["language"], data["phone"], data["phone_verified"]) == (
        "Fay",
        "es",
        "+12025550123",
        False,
    )
    assert (data["time_zone"], data["version"], response["ETag"]) == ("UTC", 2, f'"{fan.public_id}.2"')


def test_patch_with_the_present_etag_passes_and_with_an_old_one_not(mine: APIClient, fan: User) -> None:
    etag = mine.get(PROFILE)["ETag"]
    assert mine.patch(PROFILE, {"name": "Fay"}, headers={"If-Match": etag}).status_code == 200
    stale = mine.patch(PROFILE, {"name": "Old"}, headers={"If-Match": etag})
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "STALE_VERSION")
    fan.refresh_from_db()
    assert fan.name == "Fay"


@pytest.mark.parametrize("etag", ['"somebody.1"', '"x"', "*"])
def test_etag_of_another_thing_is_stale_and_a_star_matches(mine: APIClient, etag: str) -> None:
    expected = 200 if etag == "*" else 412
    assert mine.patch(PROFILE, {"name": "Fay"}, headers={"If-Match": etag}).status_code == expected


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"email": "other@example.test"}, "UNKNOWN_FIELD"),
        ({"role": "admin"}, "UNKNOWN_FIELD"),
        ({"phone_verified": True}, "UNKNOWN_FIELD"),
        ({"version": 7}, "UNKNOWN_FIELD"),
        ({"language": "de"}, "VALIDATION_ERROR"),
        ({"language": None}, "VALIDATION_ERROR"),
        ({"time_zone": "Mars/Olympus"}, "VALIDATION_ERROR"),
        ({"time_zone": ""}, "VALIDATION_ERROR"),
        ({"phone": "hello"}, "VALIDATION_ERROR"),
        ({"name": "x" * 151}, "VALIDATION_ERROR"),
    ],
)
def test_bad_values_change_nothing(mine: APIClient, fan: User, body: dict[str, Any], refusal: str) -> None:
    before = mine.get(PROFILE).json()["data"]
    response = mine.patch(PROFILE, body)
    assert (response.status_code, response.json()["error"]["code"]) == (422, refusal)
    assert mine.get(PROFILE).json()["data"] == before


def test_half_a_character_is_refused(mine: APIClient) -> None:
    response = mine.patch(PROFILE, b'{"name": "\\ud800"}', content_type="application/json")
    assert (response.status_code, response.json()["error"]["code"]) == (422, "VALIDATION_ERROR")


def test_refusals_speak_the_language_of_the_user(api: APIClient, fan: User, now: datetime) -> None:
    User.objects.filter(pk=fan.pk).update(language="fr")
    token = open_client(actor=acting(fan), user=fan, now=now).tokens.access
    response = api.patch(PROFILE, {"name": "x" * 151}, headers={"Authorization": f"Bearer {token}"})
    assert response["Content-Language"] == "fr"


def test_key_needs_the_scope_of_the_method(api: APIClient, fan: User) -> None:
    api.force_authenticate(fan, Credential(scopes=frozenset({"profile:read"})))  # type: ignore[arg-type]  # any token
    assert api.get(PROFILE).status_code == 200
    refused = api.patch(PROFILE, {"name": "Fay"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "INSUFFICIENT_SCOPE")


def test_nobody_has_no_profile(api: APIClient, db: None) -> None:
    for verb in (api.get, api.patch):
        response = verb(PROFILE)
        assert (response.status_code, response.json()["error"]["code"]) == (401, "AUTH_REQUIRED")


@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_other_verbs_are_not_allowed(mine: APIClient, verb: str) -> None:
    assert getattr(mine, verb)(PROFILE).status_code == 405
