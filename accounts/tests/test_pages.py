"""The account pages, as a browser walks through them."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.forms import signing_in as forms
from accounts.models import AuditEntry, Ended, RefreshFamily, User
from accounts.services.clients import open_client
from accounts.services.signing_up import EmailTaken, sign_up
from accounts.tests.factories import PASSWORD, confirm_email
from config.allauth_limits import rates
from config.tests.fixtures import acting

SIGN_UP, LOG_IN, LOG_OUT = (reverse(f"account_{name}") for name in ("signup", "login", "logout"))
SENT = reverse("account_email_verification_sent")
NEW = {"email": "new@example.test", "password1": PASSWORD, "name": "Nina", "role": "artist"}


@pytest.fixture
def browser(db: None) -> Client:
    return Client(enforce_csrf_checks=False)


def link_in(mail: EmailMessage) -> str:
    """The path of the first link of a mail."""
    found = re.search(r"https?://\S+", str(mail.body))
    assert found, mail.body
    return urlsplit(found.group()).path


def text_of(response: Any) -> str:
    """The page without what differs in every answer."""
    return re.sub(r'value="[^"]{32,}"', "", response.content.decode())


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_sign_up_confirm_and_be_signed_in(browser: Client, mailoutbox: list[EmailMessage]) -> None:
    answer = browser.post(SIGN_UP, NEW)
    assert answer["Location"] == SENT
    assert not is_signed_in(browser)
    user = User.objects.get()
    assert (user.email, user.name, user.role) == ("new@example.test", "Nina", "artist")
    path = link_in(mailoutbox[0])
    assert "Yes, confirm it" in browser.get(path).content.decode()
    assert not EmailAddress.objects.get().verified
    browser.post(path)
    assert EmailAddress.objects.get().verified
    assert is_signed_in(browser)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "channel"))
    assert actions == [("user.sign_up", "page"), ("user.confirm_email", "page"), ("user.log_in", "page")]


def test_confirming_in_another_browser_confirms_without_signing_in(
    browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    browser.post(SIGN_UP, NEW)
    elsewhere = Client()
    assert elsewhere.post(link_in(mailoutbox[0]))["Location"] == LOG_IN
    assert EmailAddress.objects.get().verified
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize("key", ["nonsense", "MQ:1abc:def"])
def test_bad_confirmation_link_says_so(browser: Client, key: str) -> None:
    response = browser.get(reverse("account_confirm_email", args=[key]))
    assert "expired or was used before" in response.content.decode()
    assert browser.post(reverse("account_confirm_email", args=[key])).status_code == 404


def test_used_confirmation_link_says_so(browser: Client, mailoutbox: list[EmailMessage]) -> None:
    browser.post(SIGN_UP, NEW)
    path = link_in(mailoutbox[0])
    browser.post(path)
    assert "expired or was used before" in Client().get(path).content.decode()


def test_sign_up_is_silent_about_a_known_e_mail(fan: User, mailoutbox: list[EmailMessage]) -> None:
    confirm_email(fan)
    answers = {}
    for email in ("new@example.test", fan.email):
        browser = Client()
        first = browser.post(SIGN_UP, {**NEW, "email": email})
        answers[email] = (first.status_code, first["Location"], text_of(browser.get(SENT)), sorted(browser.cookies))
        assert not is_signed_in(browser)
    assert answers["new@example.test"] == answers[fan.email]
    assert User.objects.count() == 2
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["new@example.test"], "Confirm your e-mail address"),
        ([fan.email], "You already have an account"),
    ]


def test_sign_up_is_silent_in_a_race_for_the_same_e_mail(
    browser: Client, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    def beaten(**_named: object) -> User:
        raise EmailTaken

    monkeypatch.setattr(forms, "sign_up", beaten)
    assert browser.post(SIGN_UP, NEW)["Location"] == SENT
    assert [mail.subject for mail in mailoutbox] == ["You already have an account"]


@pytest.mark.parametrize("email", ["new@example.test", "known"])
def test_sign_up_works_as_hard_for_a_known_e_mail(
    browser: Client, fan: User, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(forms, "make_password", hashed.append)
    browser.post(SIGN_UP, {**NEW, "email": fan.email if email == "known" else email})
    assert len(hashed) + User.objects.exclude(pk=fan.pk).count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password1": "short"}, "This password is too short"),
        ({"password1": "Nina Novak", "name": "Nina Novak"}, "too similar to the name"),
        ({"password1": "new@example.test"}, "too similar to the e-mail"),
        ({"email": "nonsense"}, "valid email address"),
        ({"role": "admin"}, "not one of the available choices"),
    ],
)
def test_errors_stand_beside_their_field_and_in_a_summary(browser: Client, change: dict[str, str], words: str) -> None:
    page = browser.post(SIGN_UP, {**NEW, **change}).content.decode()
    (field,) = set(change) - {"name"}
    assert page.count(words) == 2
    assert 'role="alert"' in page
    assert f'href="#id_{field}"' in page
    assert f'id="id_{field}_error"' in page
    assert not User.objects.exists()


def test_pages_have_labels_and_no_inline_code(browser: Client) -> None:
    for path in (SIGN_UP, LOG_IN, reverse("account_reset_password")):
        page = browser.get(path).content.decode()
        for name in re.findall(r'<(?:input|select)(?![^>]*type="hidden")[^>]*name="(\w+)"', page):
            assert f'<label for="id_{name}">' in page
        assert not re.search(r"<script(?![^>]*src)|<style| style=| on\w+=", page)


def test_log_in_and_out(browser: Client, fan: User) -> None:
    confirm_email(fan)
    answer = browser.post(LOG_IN, {"login": fan.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert is_signed_in(browser)
    assert browser.get(LOG_OUT).status_code == 200
    assert is_signed_in(browser), "looking changes nothing"
    browser.post(LOG_OUT)
    assert not is_signed_in(browser)
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["user.log_in", "user.log_out"]


def test_unconfirmed_account_gets_another_link_instead_of_a_session(
    browser: Client, now: Any, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(actor=acting(None), email="new@example.test", password=PASSWORD, now=now)
    assert browser.post(LOG_IN, {"login": "new@example.test", "password": PASSWORD})["Location"] == SENT
    assert not is_signed_in(browser)
    assert len(mailoutbox) == 2


def test_log_in_is_silent_about_known_e_mails(browser: Client, fan: User) -> None:
    confirm_email(fan)
    pages = [
        text_of(browser.post(LOG_IN, {"login": email, "password": "not the password"})).replace(email, "")
        for email in (fan.email, "nobody@example.test")
    ]
    assert pages[0] == pages[1]
    assert "not correct" in pages[0]


def test_wrong_passwords_are_limited_and_the_page_says_so(browser: Client, fan: User, settings: Settings) -> None:
    confirm_email(fan)
    settings.SIGN_IN_FAILURES = 2
    sent = {"login": fan.email, "password": "not the password"}
    assert [browser.post(LOG_IN, sent).status_code for _attempt in range(2)] == [200, 429]
    refused = browser.post(LOG_IN, {**sent, "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused.content.decode().count("Too many wrong passwords. Try again in 1 minute") == 1
    assert not is_signed_in(browser)
    assert Client().post(LOG_IN, {"login": "nobody@example.test", "password": "x"}).status_code == 200


def test_too_many_sign_ups_from_one_address_get_a_page_of_ours(browser: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = rates({**settings.LIMITS, "sign_up": (2, 3_600)})
    answers = [browser.post(SIGN_UP, {}) for _attempt in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Wait a minute" in answers[-1].content.decode()


def test_password_reset_is_silent_about_known_e_mails(
    browser: Client, fan: User, mailoutbox: list[EmailMessage]
) -> None:
    confirm_email(fan)
    answers = [
        (answer.status_code, answer["Location"])
        for answer in (
            browser.post(reverse("account_reset_password"), {"email": email})
            for email in (fan.email, "nobody@example.test")
        )
    ]
    assert answers[0] == answers[1]
    assert [mail.subject for mail in mailoutbox] == ["Choose a new password", "There is no account with this address"]


def test_password_reset_sets_the_password_and_ends_clients_and_sessions(
    browser: Client, fan: User, now: Any, mailoutbox: list[EmailMessage]
) -> None:
    confirm_email(fan)
    open_client(actor=acting(fan), user=fan, now=now)
    session = Client()
    session.force_login(fan)
    browser.post(reverse("account_reset_password"), {"email": fan.email})
    form_at = browser.get(link_in(mailoutbox[0]))["Location"]
    new = "another long sentence"
    answer = browser.post(form_at, {"password1": new, "password2": new})
    assert answer["Location"] == reverse("account_reset_password_from_key_done")
    fan.refresh_from_db()
    assert fan.check_password(new)
    assert RefreshFamily.objects.get().revoked_because == Ended.PASSWORD_CHANGED
    assert session.get(reverse("accounts:profile")).status_code == 401
    assert mailoutbox[1].subject == "Your password was reset"
    assert "expired or was used before" in Client().get(link_in(mailoutbox[0])).content.decode()


def test_mail_links_name_the_public_address_whatever_host_is_asked(
    fan: User, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["*"], "https://fanfare.example"
    confirm_email(fan)
    Client(headers={"Host": "evil.example"}).post(reverse("account_reset_password"), {"email": fan.email})
    Client(headers={"Host": "evil.example"}).post(SIGN_UP, NEW)
    for mail in mailoutbox:
        assert "https://fanfare.example/accounts/" in mail.body
        assert "evil" not in mail.body


def test_password_change_keeps_this_session_and_ends_the_clients(
    browser: Client, fan: User, now: Any, mailoutbox: list[EmailMessage]
) -> None:
    confirm_email(fan)
    open_client(actor=acting(fan), user=fan, now=now)
    browser.force_login(fan)
    new = "another long sentence"
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert browser.post(reverse("account_change_password"), sent).status_code == 302
    assert browser.get(reverse("accounts:profile")).status_code == 200
    assert RefreshFamily.objects.get().revoked_because == Ended.PASSWORD_CHANGED
    assert AuditEntry.objects.get(action="user.set_password").person.user == fan
    assert [mail.subject for mail in mailoutbox] == ["Your password was changed"]


def test_mails_read_as_written(browser: Client, fan: User, mailoutbox: list[EmailMessage]) -> None:
    confirm_email(fan)
    browser.post(SIGN_UP, NEW)
    browser.post(SIGN_UP, {**NEW, "email": fan.email})
    browser.post(reverse("account_reset_password"), {"email": fan.email})
    browser.post(reverse("account_reset_password"), {"email": "nobody@example.test"})
    assert len(mailoutbox) == 4
    for mail in mailoutbox:
        assert str(mail.body).startswith("Hello,\n\n")
        assert not re.search(r"\n{3,}|{{|{%|&\w+;", str(mail.body))


@pytest.mark.parametrize("name", ["change_password", "set_password"])
def test_pages_of_an_account_send_strangers_to_log_in(browser: Client, name: str) -> None:
    path = reverse(f"account_{name}")
    assert browser.get(path)["Location"] == f"{LOG_IN}?next={path}"


@pytest.mark.parametrize("name", ["inactive", "reset_password_done", "reset_password_from_key_done"])
def test_closing_pages_are_there(browser: Client, name: str) -> None:
    assert browser.get(reverse(f"account_{name}")).status_code == 200


def test_who_may_not_sign_in_is_told_where_to_write(browser: Client, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Fanfare <crew@fanfare.example>"
    assert 'href="mailto:crew@fanfare.example"' in browser.get(reverse("account_inactive")).content.decode()


@pytest.mark.parametrize("name", ["login", "signup", "reset_password", "change_password"])
def test_other_verbs_are_not_allowed(browser: Client, fan: User, name: str) -> None:
    if name == "change_password":
        browser.force_login(fan)
    for verb in (browser.delete, browser.patch):
        assert verb(reverse(f"account_{name}")).status_code == 405


def test_forms_are_checked_for_csrf(db: None) -> None:
    assert Client(enforce_csrf_checks=True).post(LOG_IN, {}).status_code == 403


def test_entrance_costs_no_query(browser: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        browser.get(LOG_IN)
    assert len(queries) == 0, [query["sql"] for query in queries]
