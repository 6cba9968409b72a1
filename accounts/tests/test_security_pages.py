"""`/me/security/` and what it leads to; the second step on pages."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry, User
from accounts.second_factors import code_at, second_factors_of, unused_recovery_codes
from accounts.tests.factories import PASSWORD, confirm_email
from accounts.tests.second_factors import code_now, with_app, with_passkey

pytestmark = pytest.mark.django_db
HUB = reverse("my-security")
ADD_APP, REMOVE_APP = reverse("mfa_activate_totp"), reverse("mfa_deactivate_totp")
CODES, FILE, RENEW = (reverse(f"mfa_{name}_recovery_codes") for name in ("view", "download", "generate"))
ADD_PASSKEY = reverse("mfa_add_webauthn")
LOG_IN, SECOND_STEP, BY_PASSKEY = reverse("account_login"), reverse("mfa_authenticate"), reverse("mfa_login_webauthn")
CONFIRM = reverse("account_reauthenticate")
ANSWER = {"id": "AA", "rawId": "AA", "type": "public-key"}
PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")
CLIENT_DATA = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUEiLCJvcmlnaW4iOiJodHRwOi8vbG9jYWxob3N0In0"
LOCAL = {"host": "localhost"}


@pytest.fixture
def owner(client: Client, fan: User) -> User:
    """Signed in, and has just shown again who they are."""
    come_in(client, confirm_email(fan))
    return fan


def come_in(client: Client, user: User) -> None:
    """Signs in and shows again who one is: the first factor has ended what signed in without one."""
    client.cookies.clear()
    client.force_login(user)
    client.post(CONFIRM, {"password": PASSWORD})


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def a_day_ago() -> Any:
    return timezone.now() - timedelta(days=1)


def password_step(client: Client, user: User, **more: str) -> Any:
    return client.post(LOG_IN, {"login": user.email, "password": PASSWORD, **more})


# --- The hub --------------------------------------------------------------------------------------------------------------


def test_the_hub_says_what_is_on(client: Client, owner: User) -> None:
    page = text(client.get(HUB))
    assert "stolen password alone opens nothing" in page
    assert "Recovery codes" not in page
    with_app(owner, now=timezone.now())
    with_passkey(owner, now=timezone.now())
    come_in(client, owner)
    page = text(client.get(HUB))
    assert "10 of 10 left" in page
    assert "Phone" in page
    assert "not used yet" in page


@pytest.mark.parametrize("keys", [0, 1, 3])
def test_the_hub_asks_the_same_of_the_database_whatever_is_set_up(client: Client, owner: User, keys: int) -> None:
    for _key in range(keys):
        with_passkey(owner, now=timezone.now())
    come_in(client, owner)
    client.get(HUB)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(HUB)
    assert len([query for query in asked if "mfa_authenticator" in query["sql"]]) == 1


@pytest.mark.parametrize("path", [HUB, ADD_APP, REMOVE_APP, CODES, FILE, RENEW, ADD_PASSKEY])
def test_strangers_are_sent_to_sign_in(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == f"{LOG_IN}?next={path}"


@pytest.mark.parametrize("path", [ADD_APP, REMOVE_APP, CODES, FILE, RENEW, ADD_PASSKEY])
def test_who_changes_something_shows_first_who_they_are(client: Client, fan: User, path: str) -> None:
    with_app(fan, now=timezone.now()) if path != ADD_APP else confirm_email(fan)
    client.force_login(fan)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 405 or answer["Location"].startswith(f"{CONFIRM}?next=")
    assert second_factors_of(fan).codes_left == (0 if path == ADD_APP else 10)


def test_hub_pages_are_kept_by_no_cache(client: Client, owner: User) -> None:
    with_app(owner, now=timezone.now())
    come_in(client, owner)
    for path in (HUB, CODES, FILE):
        assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize("path", [HUB, CODES, FILE])
def test_pages_that_only_show_take_no_post(client: Client, owner: User, path: str) -> None:
    assert client.post(path).status_code == 405


# --- The app --------------------------------------------------------------------------------------------------------------


def key_on(page: Any) -> str:
    found = re.search(r'typed-key">([A-Z2-7 ]+)<', page.content.decode())
    assert found
    return found[1].replace(" ", "")


def test_an_app_is_set_up(client: Client, owner: User) -> None:
    page = client.get(f"{ADD_APP}?next=/admin/")
    key = key_on(page)
    assert f"otpauth://totp/Fanfare:{owner.email.replace('@', '%40')}?secret={key}" in text(page)
    assert key_on(client.get(ADD_APP)) == key, "looking again does not outdate what was scanned"
    assert key not in str(client.session.items())
    wrong = client.post(ADD_APP, {"code": "000000"})
    assert (wrong.status_code, "This code is not right" in text(wrong)) == (422, True)
    code = code_at(key, int(timezone.now().timestamp()) // 30)
    answer = client.post(f"{ADD_APP}?next=/admin/", {"code": code})
    assert answer["Location"] == f"{CODES}?next=%2Fadmin%2F"
    shown = text(client.get(answer["Location"]))
    assert all(f"{code[:4]} {code[4:]}" in shown for code in unused_recovery_codes(owner))
    assert 'href="/admin/"' in shown
    assert client.get(ADD_APP)["Location"] == HUB, "there is one"


def test_an_unconfirmed_address_sets_nothing_up(client: Client, owner: User) -> None:
    EmailAddress.objects.update(verified=False)
    answer = client.get(ADD_APP, follow=True)
    assert answer.redirect_chain[-1][0] == HUB
    assert "Confirm your e-mail address first" in text(answer)


def test_the_app_is_removed_after_a_question(client: Client, owner: User) -> None:
    assert client.get(REMOVE_APP)["Location"] == HUB
    with_app(owner, now=timezone.now())
    come_in(client, owner)
    assert "your password alone will let you in" in text(client.get(REMOVE_APP))
    assert second_factors_of(owner).are_on
    assert client.post(REMOVE_APP)["Location"] == HUB
    assert not second_factors_of(owner).are_on


def test_what_the_role_needs_stays_and_the_hub_says_why(client: Client, owner: User, settings: Settings) -> None:
    with_app(owner, now=timezone.now())
    come_in(client, owner)
    settings.MFA_REQUIRED_ROLES = frozenset({"fan"})
    answer = client.post(REMOVE_APP, follow=True)
    assert "Add another way first" in text(answer)
    assert second_factors_of(owner).are_on


# --- Recovery codes -------------------------------------------------------------------------------------------------------


def test_codes_come_as_a_file(client: Client, owner: User) -> None:
    with_app(owner, now=timezone.now())
    come_in(client, owner)
    answer = client.get(FILE)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="fanfare-recovery-codes.txt"'
    lines = answer.content.decode().splitlines()
    assert [line.replace(" ", "") for line in lines if line[:4].isdecimal()] == unused_recovery_codes(owner)


def test_codes_are_renewed_after_a_question(client: Client, owner: User) -> None:
    with_app(owner, now=timezone.now())
    come_in(client, owner)
    old = unused_recovery_codes(owner)
    client.get(RENEW)
    assert unused_recovery_codes(owner) == old
    assert client.post(RENEW)["Location"] == CODES
    assert not set(old) & set(unused_recovery_codes(owner))


def test_an_account_without_factors_has_no_codes(client: Client, owner: User) -> None:
    assert client.get(CODES).status_code == 404
    assert client.get(FILE).status_code == 404
    assert "Add one of those first" in text(client.post(RENEW, follow=True))


# --- Passkeys -------------------------------------------------------------------------------------------------------------


def test_a_passkey_is_asked_for_where_browsers_bind_one(client: Client, owner: User, settings: Settings) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://fanfare.example", ["fanfare.example", "testserver"]
    assert "https://fanfare.example/me/security/" in text(client.get(HUB))
    assert client.get(ADD_PASSKEY)["Location"] == HUB
    options = text(client.get(ADD_PASSKEY, headers={"host": "fanfare.example"}))
    assert '"rp": {"name": "Fanfare", "id": "fanfare.example"}' in options
    assert '"userVerification": "required"' in options
    assert '"residentKey": "required"' in options
    assert f'"{owner.pk}"' not in options, "the account's inner number is nobody's"


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "null",
        "[]",
        '"x"',
        "7",
        "{",
        "{}",
        '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}',
        '{"id": "x", "rawId": "x", "type": "public-key", "response": {"clientDataJSON": 7}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA", "attestationObject": "AA"}}',
        json.dumps(ANSWER | {"response": dict.fromkeys(PARTS, "AA")}),
        json.dumps(ANSWER | {"response": dict.fromkeys(PARTS, "é")}),
        json.dumps(ANSWER | {"response": dict.fromkeys(PARTS, "AA") | {"clientDataJSON": "e30"}}),
        json.dumps(ANSWER | {"response": dict.fromkeys(PARTS, "_" * 60) | {"clientDataJSON": CLIENT_DATA}}),
    ],
)
def test_what_no_browser_sends_adds_nothing_and_signs_nobody_in(client: Client, owner: User, credential: str) -> None:
    client.get(ADD_PASSKEY, headers=LOCAL)
    assert client.post(ADD_PASSKEY, {"name": "x", "credential": credential}, headers=LOCAL).status_code == 422
    stranger = Client()
    stranger.get(BY_PASSKEY, headers={"accept": "application/json"})
    assert stranger.post(BY_PASSKEY, {"credential": credential})["Location"] == LOG_IN
    with_app(owner, now=a_day_ago())
    password_step(stranger, owner)
    assert stranger.post(SECOND_STEP, {"credential": credential}).status_code == 200
    assert "_auth_user_id" not in stranger.session
    assert client.post(reverse("mfa_reauthenticate_webauthn"), {"credential": credential}).status_code in {302, 422}
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_a_passkey_is_renamed_and_removed_by_its_owner_alone(client: Client, owner: User, artist: User) -> None:
    mine = with_passkey(owner, now=timezone.now())
    come_in(client, owner)
    rename, remove = (reverse(f"mfa_{what}_webauthn", args=[mine]) for what in ("edit", "remove"))
    assert client.post(rename, {"name": ""}).status_code == 422
    assert client.post(rename, {"name": "Old phone"})["Location"] == HUB
    assert "“Old phone” will sign you in no more" in text(client.get(remove))
    other = Client()
    other.force_login(confirm_email(artist))
    other.post(CONFIRM, {"password": PASSWORD})
    assert [other.get(path).status_code for path in (rename, remove)] == [404, 404]
    assert [other.post(path, {"name": "x"}).status_code for path in (rename, remove)] == [404, 404]
    assert second_factors_of(owner).passkeys[0].name == "Old phone"
    assert client.post(remove)["Location"] == HUB
    assert second_factors_of(owner).passkeys == ()


def test_what_a_passkey_is_asked_is_json_for_scripts(client: Client) -> None:
    answer = client.get(BY_PASSKEY, headers={"accept": "application/json"}).json()
    assert answer["request_options"]["publicKey"]["userVerification"] == "required"
    assert answer["request_options"]["publicKey"].get("allowCredentials", []) == [], "it names no account's passkeys"
    assert client.get(BY_PASSKEY)["Location"] == LOG_IN


# --- Signing in -----------------------------------------------------------------------------------------------------------


def test_the_password_leads_to_the_second_step_and_the_code_in(client: Client, fan: User) -> None:
    with_app(fan, now=a_day_ago())
    assert password_step(client, fan, next="/me/votes/")["Location"] == SECOND_STEP
    assert "_auth_user_id" not in client.session
    assert client.get("/me/")["Location"] == f"{LOG_IN}?next=/me/"
    wrong = client.post(SECOND_STEP, {"code": "000000"})
    assert "This code is not right" in text(wrong)
    assert client.post(SECOND_STEP, {"code": code_now(timezone.now())})["Location"] == "/me/votes/"
    actions = AuditEntry.objects.order_by("pk").values_list("action", "person__user", "channel")
    assert list(actions)[-2:] == [("user.use_factor", fan.pk, "page"), ("user.log_in", fan.pk, "page")]


def test_a_recovery_code_lets_in_once(client: Client, fan: User, mailoutbox: list[EmailMessage]) -> None:
    with_app(fan, now=a_day_ago())
    code = unused_recovery_codes(fan)[0]
    password_step(client, fan)
    assert client.post(SECOND_STEP, {"code": f" {code[:4]}-{code[4:]} "})["Location"] == "/me/"
    assert mailoutbox[-1].subject == "A recovery code was used"
    again = Client()
    password_step(again, fan)
    assert "was used before" in text(again.post(SECOND_STEP, {"code": code}))
    assert "_auth_user_id" not in again.session


def test_too_many_codes_wait_and_the_page_says_how_long(client: Client, fan: User, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "second_factor": (2, 300)}
    with_app(fan, now=a_day_ago())
    password_step(client, fan)
    for _time in range(2):
        client.post(SECOND_STEP, {"code": "000000"})
    answer = client.post(SECOND_STEP, {"code": code_now(timezone.now())})
    assert "Too many codes were tried. Try again in 5 minutes." in text(answer)
    assert "_auth_user_id" not in client.session


def test_nobody_comes_to_the_second_step_without_the_first(client: Client, fan: User) -> None:
    assert client.get(SECOND_STEP)["Location"] == LOG_IN
    assert client.post(SECOND_STEP, {"code": "000000"})["Location"] == LOG_IN


def test_a_password_reset_does_not_go_around_it(client: Client, fan: User, mailoutbox: list[EmailMessage]) -> None:
    with_app(fan, now=a_day_ago())
    client.post(reverse("account_reset_password"), {"email": fan.email})
    link = re.search(r"https?://[^/]+(/\S+)", str(mailoutbox[-1].body))
    assert link
    form = client.get(link[1])["Location"]
    client.post(form, {"password1": "another horse battery staple", "password2": "another horse battery staple"})
    assert "_auth_user_id" not in client.session
    answer = client.post(LOG_IN, {"login": fan.email, "password": "another horse battery staple"})
    assert answer["Location"] == SECOND_STEP


def test_a_code_shows_again_who_one_is(client: Client, fan: User) -> None:
    with_app(fan, now=a_day_ago())
    client.force_login(fan)
    by_code = reverse("mfa_reauthenticate")
    assert "With a code" in text(client.get(f"{CONFIRM}?next={CODES}"))
    assert client.post(by_code, {"code": "000000", "next": CODES}).status_code == 200
    assert client.get(CODES).status_code == 302
    assert client.post(by_code, {"code": code_now(timezone.now()), "next": CODES})["Location"] == CODES
    assert client.get(CODES).status_code == 200


@pytest.mark.parametrize("language", ["es", "fr"])
def test_mails_speak_the_owners_language(fan: User, language: str, mailoutbox: list[EmailMessage]) -> None:
    User.objects.filter(pk=fan.pk).update(language=language)
    with_app(fan, now=timezone.now())
    (mail,) = mailoutbox
    assert mail.subject != "Two-step sign-in is on"
    assert "Hello" not in str(mail.body)
