"""The mail about a new device: when it goes out, when not, and what it says."""

import re
from datetime import datetime

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.actors import Actor, Via
from accounts.devices import device_of
from accounts.models import AuditEntry, KnownDevice, User
from accounts.services.devices import recognise
from accounts.services.signing_in import log_in
from accounts.services.signing_up import sign_up
from accounts.tests.factories import PASSWORD, confirm_email
from config.lib.errors import Unavailable

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"
NEWER = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15"


@pytest.fixture(autouse=True)
def _outbox(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


def at(address: str | None, user_agent: str = FIREFOX) -> Actor:
    return Actor(via=Via.PAGE, address=address, user_agent=user_agent)


@pytest.fixture
def home(fan: User, now: datetime) -> Actor:
    """Where the fan has signed in before."""
    recognise(actor=at("203.0.113.9"), user=fan, now=now)
    return at("203.0.113.9")


def told(user: User, actor: Actor, now: datetime, is_known: bool = False) -> bool:
    before = len(mail.outbox)
    recognise(actor=actor, user=user, now=now, is_known=is_known)
    return len(mail.outbox) > before


@pytest.mark.parametrize(
    ("actor", "is_known"),
    [
        (at("203.0.113.9"), False),
        (at("203.0.113.200"), False),
        (at("203.0.113.9", NEWER), False),
        (at("198.51.100.1", SAFARI), True),
    ],
    ids=["the same", "the same network", "a newer version", "its cookie"],
)
def test_a_known_device_gets_no_mail(fan: User, home: Actor, actor: Actor, is_known: bool, now: datetime) -> None:
    assert not told(fan, actor, now, is_known)


@pytest.mark.parametrize(
    "actor",
    [at("198.51.100.1"), at("203.0.113.9", SAFARI), at("2001:db8::1"), at(None)],
    ids=["another network", "another browser", "IPv6", "nowhere"],
)
def test_a_new_device_gets_one_mail_and_is_known_from_then_on(
    fan: User, home: Actor, actor: Actor, now: datetime
) -> None:
    assert told(fan, actor, now)
    assert not told(fan, actor, now)
    assert AuditEntry.objects.filter(action="user.new_device").count() == 1


def test_the_first_device_of_all_gets_none(fan: User, now: datetime) -> None:
    assert not told(fan, at("203.0.113.9"), now)


def test_a_device_of_somebody_else_is_a_new_one(fan: User, outsider: User, home: Actor, now: datetime) -> None:
    recognise(actor=at("198.51.100.1", SAFARI), user=outsider, now=now)
    assert told(outsider, home, now)


def test_nothing_that_is_kept_names_a_place(fan: User, home: Actor) -> None:
    assert all(re.fullmatch("[0-9a-f]{64}", mark) for mark in KnownDevice.objects.values_list("mark", flat=True))


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "New sign-in: Firefox on Android", "This was not me"),
        ("es", "Nuevo inicio de sesión: Firefox en Android", "No fui yo"),
        ("fr", "Nouvelle connexion : Firefox sur Android", "pas moi : voyez"),
    ],
)
def test_the_mail_says_what_when_and_where_in_the_owners_language(
    fan: User, now: datetime, language: str, subject: str, words: str
) -> None:
    User.objects.filter(pk=fan.pk).update(language=language, time_zone="Europe/Madrid")
    fan.refresh_from_db()
    evening = now.replace(year=2026, month=7, day=1, hour=20, minute=5)
    recognise(actor=at("203.0.113.9", SAFARI), user=fan, now=evening)
    recognise(actor=at("198.51.100.1"), user=fan, now=evening)

    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == ([fan.email], subject)
    body = str(letter.body)
    assert "198.51.100.1" in body
    assert "22:05" in body
    assert "Europe/Madrid" in body
    assert words in body
    assert "/me/sessions/" in body


def test_where_no_mail_can_leave_one_signs_in_all_the_same(
    fan: User, home: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_arguments: object, **_named: object) -> None:
        raise Unavailable

    monkeypatch.setattr("accounts.adapter.AccountAdapter.send_mail", closed)
    assert not told(fan, at("198.51.100.1"), now)
    assert KnownDevice.objects.filter(user=fan).count() == 2


# --- The ways in ---------------------------------------------------------------------------------------------------------------


def _enter(browser: Client, user: User, **headers: str) -> None:
    answer = browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 302


def test_a_browser_is_known_by_its_cookie_whatever_it_calls_itself(fan: User) -> None:
    confirm_email(fan)
    browser, other = Client(), Client()
    _enter(browser, fan, **{"user-agent": FIREFOX})
    browser.post("/accounts/logout/")
    _enter(browser, fan, **{"user-agent": SAFARI})
    assert mail.outbox == []
    _enter(other, fan, **{"user-agent": "curl/8"})
    assert [letter.subject for letter in mail.outbox] == ["New sign-in: curl"]


def test_signing_up_tells_nothing_and_the_next_device_is_new(now: datetime, db: None) -> None:
    user = sign_up(actor=at("203.0.113.9"), email="new@example.test", password="a quite long sentence", now=now)
    mail.outbox.clear()
    log_in(actor=at("203.0.113.9"), email=user.email, password="a quite long sentence", now=now)
    assert mail.outbox == []
    log_in(actor=at("198.51.100.1"), email=user.email, password="a quite long sentence", now=now)
    assert len(mail.outbox) == 1


# --- Words ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Android"),
        (SAFARI, "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "iOS"),
        ("okhttp/4.9.1", "okhttp"),
        ("Fanfare/3.1", "Fanfare"),
        ("Fanfare/3.1 (Android 14)", "Fanfare on Android"),
        ("Mozilla/5.0 (Linux; Android 14)", "Android"),
        ("", "Unknown device"),
        ("<b>visit</b>https://evil.example/now x", "b visit"),
        ("\u202e" * 300, "Unknown device"),
        ("é" * 300, "é" * 40),
    ],
)
def test_devices_are_named_in_words(user_agent: str, words: str) -> None:
    assert str(device_of(user_agent)) == words
