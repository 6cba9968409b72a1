"""POST /api/v1/auth/login and /auth/mfa of an account with a second factor."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import challenges
from accounts.models import AuditEntry, RefreshFamily, User
from accounts.second_factors import second_factors_of, unused_recovery_codes
from accounts.services.passwords import set_password
from accounts.services.second_factor import remove_app
from accounts.tests.factories import PASSWORD
from accounts.tests.second_factors import code_now, with_app, with_passkey
from config.lib import redis
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db
LOG_IN, SECOND_STEP = reverse("accounts:log-in"), reverse("accounts:second-step")
NEW_PASSWORD = "another horse battery staple"


@pytest.fixture
def owner(fan: User) -> User:
    """Has an app since yesterday."""
    return with_app(fan, now=timezone.now() - timedelta(days=1))


def challenge_of(api: APIClient, user: User, password: str = PASSWORD) -> str:
    answer = api.post(LOG_IN, {"email": user.email, "password": password})
    assert code(answer) == (401, "MFA_REQUIRED")
    (detail,) = answer.json()["error"]["details"]
    assert (detail["field"], detail["code"]) == ("challenge", "required")
    return str(detail["value"])


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_the_address_is_the_promised_one() -> None:
    assert SECOND_STEP == "/api/v1/auth/mfa"


def test_a_password_alone_gets_a_challenge_and_no_tokens(api: APIClient, owner: User) -> None:
    challenge_of(api, owner)
    assert not RefreshFamily.objects.exists()
    assert not AuditEntry.objects.filter(action="user.log_in").exists()


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_challenge_and_code_get_tokens(api: APIClient, owner: User, kind: str) -> None:
    given = code_now(timezone.now()) if kind == "totp" else unused_recovery_codes(owner)[0]
    answer = api.post(SECOND_STEP, {"challenge": challenge_of(api, owner), "code": given})
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (set(data), data["user"]["id"]) == ({"access", "refresh", "expires_in", "user"}, owner.public_id)
    profile = api.get(reverse("accounts:profile"), headers={"Authorization": f"Bearer {data['access']}"})
    assert profile.status_code == 200
    written = list(AuditEntry.objects.order_by("pk").values_list("action", "facts", "person__user", "channel"))[-2:]
    assert written == [("user.use_factor", {"kind": kind}, owner.pk, "api"), ("user.log_in", {}, owner.pk, "api")]


def test_a_passkey_alone_asks_for_a_recovery_code(api: APIClient, fan: User) -> None:
    with_passkey(fan, now=timezone.now())
    given = {"challenge": challenge_of(api, fan), "code": unused_recovery_codes(fan)[0]}
    assert api.post(SECOND_STEP, given).status_code == 200


def test_a_code_is_good_for_one_client(api: APIClient, owner: User) -> None:
    challenge, given = challenge_of(api, owner), code_now(timezone.now())
    assert api.post(SECOND_STEP, {"challenge": challenge, "code": given}).status_code == 200
    assert code(api.post(SECOND_STEP, {"challenge": challenge, "code": given})) == (401, "INVALID_CODE")
    assert code(api.post(SECOND_STEP, {"challenge": challenge_of(api, owner), "code": given})) == (401, "INVALID_CODE")
    assert RefreshFamily.objects.count() == 1


def test_a_changed_password_ends_the_challenge(api: APIClient, owner: User, now: datetime) -> None:
    challenge = challenge_of(api, owner)
    set_password(actor=acting(owner), user=owner, password=NEW_PASSWORD, now=now)
    answer = api.post(SECOND_STEP, {"challenge": challenge, "code": code_now(timezone.now())})
    assert code(answer) == (401, "INVALID_TOKEN")
    challenge_of(api, owner, NEW_PASSWORD)


def test_a_suspended_account_finishes_no_log_in(api: APIClient, owner: User) -> None:
    challenge = challenge_of(api, owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    answer = api.post(SECOND_STEP, {"challenge": challenge, "code": code_now(timezone.now())})
    assert code(answer) == (401, "INVALID_TOKEN")
    suspended = api.post(LOG_IN, {"email": owner.email, "password": PASSWORD})
    assert code(suspended) == (401, "INVALID_CREDENTIALS")


def test_a_challenge_lives_five_minutes(api: APIClient, owner: User) -> None:
    challenge = challenge_of(api, owner)
    with time_machine.travel(timezone.now() + challenges.LIFETIME + timedelta(seconds=1), tick=False):
        answer = api.post(SECOND_STEP, {"challenge": challenge, "code": code_now(timezone.now())})
    assert code(answer) == (401, "TOKEN_EXPIRED")


@pytest.mark.parametrize("challenge", ["nonsense", "AAAA", "ü"])
def test_an_invented_challenge_is_refused(api: APIClient, owner: User, challenge: str) -> None:
    answer = api.post(SECOND_STEP, {"challenge": challenge, "code": code_now(timezone.now())})
    assert code(answer) == (401, "INVALID_TOKEN")


def test_a_challenge_of_somebody_else_wants_their_code(api: APIClient, owner: User, artist: User) -> None:
    with_app(artist, now=timezone.now() - timedelta(days=1))
    answer = api.post(SECOND_STEP, {"challenge": challenge_of(api, artist), "code": unused_recovery_codes(owner)[0]})
    assert code(answer) == (401, "INVALID_CODE")
    assert second_factors_of(owner).codes_left == 10


def test_wrong_codes_are_counted_per_challenge_and_per_account(
    api: APIClient, owner: User, artist: User, settings: Settings
) -> None:
    settings.LIMITS = {**settings.LIMITS, "second_factor": (3, 300)}
    challenge = challenge_of(api, owner)
    for _time in range(3):
        assert code(api.post(SECOND_STEP, {"challenge": challenge, "code": "000000"})) == (401, "INVALID_CODE")
    good = unused_recovery_codes(owner)[0]
    for again in (challenge, challenge_of(api, owner)):
        refused = api.post(SECOND_STEP, {"challenge": again, "code": good})
        assert code(refused) == (429, "RATE_LIMIT_EXCEEDED")
        assert 0 < int(refused["Retry-After"]) <= 300
    redis.sync_client().delete(f"limit:second_factor:{{user:{owner.pk}}}")
    assert code(api.post(SECOND_STEP, {"challenge": challenge, "code": good})) == (429, "RATE_LIMIT_EXCEEDED")
    assert api.post(SECOND_STEP, {"challenge": challenge_of(api, owner), "code": good}).status_code == 200
    with_app(artist, now=timezone.now() - timedelta(days=1))
    given = {"challenge": challenge_of(api, artist), "code": unused_recovery_codes(artist)[0]}
    assert api.post(SECOND_STEP, given).status_code == 200, "nobody else is locked out"


def test_without_redis_nobody_may_guess(api: APIClient, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    challenge = challenge_of(api, owner)

    def away() -> Any:
        raise redis.AWAY[0]

    monkeypatch.setattr(redis, "sync_client", away)
    answer = api.post(SECOND_STEP, {"challenge": challenge, "code": unused_recovery_codes(owner)[0]})
    assert code(answer) == (503, "UNAVAILABLE")
    assert second_factors_of(owner).codes_left == 10


def test_an_account_without_factors_signs_in_with_its_password_again(
    api: APIClient, owner: User, now: datetime
) -> None:
    remove_app(actor=acting(owner), now=now)
    assert api.post(LOG_IN, {"email": owner.email, "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [({"code": "1"}, "challenge"), ({"challenge": "x"}, "code"), ({"challenge": "x", "code": "9" * 99}, "code")],
)
def test_a_body_that_lacks_something_says_what(api: APIClient, db: None, body: dict[str, str], field: str) -> None:
    answer = api.post(SECOND_STEP, body)
    assert code(answer) == (422, "VALIDATION_ERROR")
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == [field]


def test_other_verbs_are_refused(api: APIClient, db: None) -> None:
    assert code(api.get(SECOND_STEP)) == (405, "METHOD_NOT_ALLOWED")
