"""POST /api/v1/auth/password/…: forgotten passwords, and changed ones."""

import re
from datetime import datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts import known_browsers
from accounts.models import AuditEntry, RefreshFamily, User
from accounts.services.clients import SignedIn, open_client
from accounts.services.resetting import reset_key
from accounts.tests.factories import PASSWORD, confirm_email
from config.lib.redis import sync_client
from config.tests.fixtures import acting

RESET, SET, CHANGE = (reverse(f"accounts:{name}") for name in ("reset-password", "new-password", "change-password"))
LOG_IN, PROFILE = reverse("accounts:log-in"), reverse("accounts:profile")
NEW = "another long sentence"


@pytest.fixture
def signed(fan: User, now: datetime) -> SignedIn:
    confirm_email(fan)
    return open_client(actor=acting(fan), user=fan, now=now)


def bearer(signed: SignedIn) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed.tokens.access}"}


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def key_in(mail: EmailMessage) -> str:
    found = re.search(r"/key/(\S+)/", str(mail.body))
    assert found
    return found[1]


def test_addresses_are_the_promised_ones() -> None:
    assert (RESET, SET, CHANGE) == (
        "/api/v1/auth/password/reset",
        "/api/v1/auth/password/reset/confirm",
        "/api/v1/auth/password/change",
    )


def test_a_reset_is_answered_alike_and_mailed_to_whom_it_concerns(
    api: APIClient, fan: User, mailoutbox: list[EmailMessage]
) -> None:
    answers = [api.post(RESET, {"email": email}) for email in (fan.email.upper(), "nobody@example.test")]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([fan.email], "Choose a new password"),
        (["nobody@example.test"], "There is no account with this address"),
    ]


def test_an_account_that_is_not_active_is_no_account(api: APIClient, fan: User, mailoutbox: list[EmailMessage]) -> None:
    User.objects.filter(pk=fan.pk).update(is_active=False)
    api.post(RESET, {"email": fan.email})
    assert [mail.subject for mail in mailoutbox] == ["There is no account with this address"]


def test_an_address_that_only_waits_at_an_account_resets_nothing(
    api: APIClient, fan: User, mailoutbox: list[EmailMessage]
) -> None:
    EmailAddress.objects.create(user=fan, email="victim@example.test")
    api.post(RESET, {"email": "victim@example.test"})
    assert [mail.subject for mail in mailoutbox] == ["There is no account with this address"]


def test_a_mailbox_gets_a_few_an_hour_and_the_answer_stays_the_same(
    api: APIClient, fan: User, mailoutbox: list[EmailMessage]
) -> None:
    assert {api.post(RESET, {"email": fan.email}).status_code for _time in range(7)} == {204}
    assert len(mailoutbox) == 5


def test_the_key_sets_a_password_once_and_signs_everybody_out(
    api: APIClient, fan: User, signed: SignedIn, mailoutbox: list[EmailMessage]
) -> None:
    browser = Client()
    browser.force_login(fan)
    api.post(RESET, {"email": fan.email})
    sent = {"key": key_in(mailoutbox[0]), "password": NEW}
    answer = api.post(SET, sent)
    assert (answer.status_code, answer.content) == (204, b"")
    assert known_browsers.COOKIE in answer.cookies
    assert code(api.get(PROFILE, headers=bearer(signed))) == (401, "INVALID_TOKEN")
    assert browser.get(PROFILE).status_code == 401
    assert api.post(LOG_IN, {"email": fan.email, "password": NEW}).status_code == 200
    assert code(api.post(SET, sent)) == (410, "LINK_SPENT")
    assert mailoutbox[1].subject == "Your password was reset"


def test_a_reset_confirms_the_address(api: APIClient, fan: User) -> None:
    EmailAddress.objects.create(user=fan, email=fan.email, primary=True)
    assert api.post(SET, {"key": reset_key(user=fan), "password": NEW}).status_code == 204
    assert EmailAddress.objects.get().verified
    assert AuditEntry.objects.filter(action="user.confirm_email").exists()


@pytest.mark.parametrize("key", ["x", "x-y", "1-abc-def", "0-", "-", "zzzzzzzzzzzzzzzzzzzzz-abc-def", "né-x"])
def test_other_keys_set_nothing(api: APIClient, fan: User, key: str) -> None:
    assert code(api.post(SET, {"key": key, "password": NEW})) == (410, "LINK_SPENT")


@pytest.mark.parametrize("change", ["e-mail", "password", "suspended", "signed in since"])
def test_a_key_ends_with_what_it_was_made_for(api: APIClient, fan: User, now: datetime, change: str) -> None:
    key = reset_key(user=fan)
    if change == "password":
        fan.set_password(NEW)
    fan.email = "new@example.test" if change == "e-mail" else fan.email
    fan.is_active = change != "suspended"
    fan.last_login = now if change == "signed in since" else None
    fan.save()
    assert code(api.post(SET, {"key": key, "password": NEW})) == (410, "LINK_SPENT")


def test_a_weak_password_is_refused_and_the_key_stays_good(api: APIClient, fan: User) -> None:
    key = reset_key(user=fan)
    refused = api.post(SET, {"key": key, "password": "password"})
    assert code(refused) == (422, "VALIDATION_ERROR")
    assert refused.json()["error"]["details"][0]["field"] == "password"
    assert api.post(SET, {"key": key, "password": NEW}).status_code == 204


def test_a_change_keeps_this_client_and_ends_the_others(
    api: APIClient, fan: User, signed: SignedIn, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    other = open_client(actor=acting(fan), user=fan, now=now)
    browser = Client()
    browser.force_login(fan)
    answer = api.post(CHANGE, {"old_password": PASSWORD, "password": NEW}, headers=bearer(signed))
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(PROFILE, headers=bearer(signed)).status_code == 200
    assert api.get(PROFILE, headers=bearer(other)).status_code == 401
    assert browser.get(PROFILE).status_code == 401
    assert [mail.subject for mail in mailoutbox] == ["Your password was changed"]
    fan.refresh_from_db()
    assert fan.check_password(NEW)


def test_a_change_in_a_browser_keeps_the_browser(fan: User, signed: SignedIn, now: datetime) -> None:
    browser = Client()
    browser.force_login(fan)
    sent = {"old_password": PASSWORD, "password": NEW}
    assert browser.post(CHANGE, sent, content_type="application/json").status_code == 204
    assert browser.get(PROFILE).status_code == 200
    assert not RefreshFamily.objects.alive(now=now).exists()


@pytest.mark.parametrize(
    ("sent", "field", "why"),
    [
        ({"old_password": "no", "password": NEW}, "old_password", "wrong_password"),
        ({"old_password": PASSWORD, "password": "short"}, "password", "password_too_short"),
        ({"password": NEW}, "old_password", "required"),
    ],
)
def test_what_is_wrong_with_a_change_stands_beside_its_field(
    api: APIClient, signed: SignedIn, sent: dict[str, str], field: str, why: str
) -> None:
    refused = api.post(CHANGE, sent, headers=bearer(signed))
    assert code(refused) == (422, "VALIDATION_ERROR")
    assert [(each["field"], each["code"]) for each in refused.json()["error"]["details"]] == [(field, why)]


def test_a_stolen_session_is_no_place_to_guess(api: APIClient, signed: SignedIn, settings: Any) -> None:
    settings.SIGN_IN_FAILURES = 2
    sent = {"old_password": "no", "password": NEW}
    assert [api.post(CHANGE, sent, headers=bearer(signed)).status_code for _time in range(3)] == [422, 429, 429]
    assert code(api.post(CHANGE, sent, headers=bearer(signed))) == (429, "ACCOUNT_LOCKED")
    assert sync_client().keys("sign-in:*again:*")


@pytest.mark.parametrize("address", [RESET, SET, CHANGE])
def test_other_verbs_are_not_allowed(api: APIClient, db: None, address: str) -> None:
    for verb in ("get", "put", "patch", "delete"):
        assert getattr(api, verb)(address).status_code == 405


def test_a_change_needs_somebody(api: APIClient, db: None) -> None:
    assert code(api.post(CHANGE, {"old_password": "x", "password": NEW})) == (401, "AUTH_REQUIRED")
