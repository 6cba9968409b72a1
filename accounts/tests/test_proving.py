"""Wrong passwords lock an account, for known and unknown addresses alike, and nobody's owner is kept out."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.test import APIClient

from accounts import known_browsers, lockouts
from accounts.actors import Actor, Via
from accounts.lockouts import Attempt
from accounts.models import AuditEntry, User
from accounts.services import proving
from accounts.services.passwords import set_password
from accounts.services.proving import AccountLocked, prove, prove_again
from accounts.services.unlocking import tell_owners, unlock_link
from accounts.tasks import tell_of_locks
from accounts.tests.factories import PASSWORD, UserFactory, confirm_email
from config.lib import redis
from config.lib.errors import InvalidCredentials, RateLimitExceeded, Refusal, Unavailable
from config.tests.fixtures import acting

LOG_IN, API = reverse("account_login"), reverse("accounts:log-in")
WRONG = "not the password"


@pytest.fixture(autouse=True)
def _two_are_too_many(settings: Settings) -> None:
    settings.SIGN_IN_FAILURES = 2


def outcome(email: str, password: str, now: datetime, *, browser: str = "", address: str = "192.0.2.1") -> str:
    actor = Actor(via=Via.API, address=address)
    try:
        prove(actor=actor, email=email, password=password, browser=browser, now=now)
    except Refusal as refusal:
        return refusal.code
    return "in"


def locked(email: str, now: datetime) -> None:
    for _attempt in range(2):
        outcome(email, WRONG, now)


def cookie_for(email: str, now: datetime) -> str:
    response = HttpResponse()
    known_browsers.remember(response, email=email, now=now)
    return response.cookies[known_browsers.COOKIE].value


@pytest.mark.parametrize("email", ["known", "nobody@example.test"])
def test_the_last_free_failure_locks_whether_or_not_the_account_exists(fan: User, now: datetime, email: str) -> None:
    email = fan.email if email == "known" else email
    assert [outcome(email, WRONG, now) for _attempt in range(3)] == [
        "INVALID_CREDENTIALS",
        "ACCOUNT_LOCKED",
        "ACCOUNT_LOCKED",
    ]
    with pytest.raises(AccountLocked) as refused:
        prove(actor=acting(None), email=email.upper(), password=PASSWORD, now=now + timedelta(seconds=1))
    assert (refused.value.retry_after, refused.value.status) == (59, 429)
    assert "Try again in 1 minute," in str(refused.value)


def test_a_lock_ends_by_itself_and_the_next_is_longer(fan: User, now: datetime) -> None:
    locked(fan.email, now)
    later = now + timedelta(seconds=60)
    locked(fan.email, later)
    assert outcome(fan.email, PASSWORD, later + timedelta(seconds=119)) == "ACCOUNT_LOCKED"
    assert outcome(fan.email, PASSWORD, later + timedelta(seconds=120)) == "in"


def test_a_locked_account_costs_no_run_of_the_hasher(fan: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    locked(fan.email, now)
    monkeypatch.setattr(proving, "matches", lambda *_asked: pytest.fail("the password was looked at"))
    assert outcome(fan.email, PASSWORD, now) == "ACCOUNT_LOCKED"


def test_a_browser_that_has_signed_in_is_not_kept_out_by_strangers(fan: User, now: datetime) -> None:
    cookie = cookie_for(fan.email, now)
    locked(fan.email, now)
    assert outcome(fan.email, PASSWORD, now, browser=cookie) == "in"
    assert outcome(fan.email, PASSWORD, now) == "ACCOUNT_LOCKED", "and it unlocks for nobody else"


def test_a_known_browser_has_no_more_guesses_than_anybody(fan: User, now: datetime) -> None:
    cookie = cookie_for(fan.email, now)
    assert [outcome(fan.email, WRONG, now, browser=cookie) for _attempt in range(5)] == [
        "INVALID_CREDENTIALS",
        "ACCOUNT_LOCKED",  # its own counter; from here on it is counted with everybody else
        "INVALID_CREDENTIALS",
        "ACCOUNT_LOCKED",
        "ACCOUNT_LOCKED",
    ]


@pytest.mark.parametrize("whose", ["another account's", "expired", "forged", "none"])
def test_other_cookies_open_nothing(fan: User, organizer: User, now: datetime, whose: str) -> None:
    cookies = {
        "another account's": cookie_for(organizer.email, now),
        "expired": cookie_for(fan.email, now - timedelta(days=181)),
        "forged": cookie_for(fan.email, now)[:-2] + "xx",
        "none": "",
    }
    locked(fan.email, now)
    assert outcome(fan.email, PASSWORD, now, browser=cookies[whose]) == "ACCOUNT_LOCKED"


def test_an_address_may_fail_often_and_then_must_wait(fan: User, now: datetime, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "sign_in_failures": (3, 900)}
    for number in range(3):
        outcome(f"nobody{number}@example.test", WRONG, now, address="2001:db8::1")
    with pytest.raises(RateLimitExceeded) as refused:
        prove(actor=Actor(via=Via.API, address="2001:db8::2"), email=fan.email, password=PASSWORD, now=now)
    assert 0 < (refused.value.retry_after or 0) <= 900, "the /64 counts"
    assert outcome(fan.email, PASSWORD, now, address="2001:db8:0:1::1") == "in"
    known = cookie_for(fan.email, now)
    assert outcome(fan.email, PASSWORD, now, address="2001:db8::1", browser=known) == "in"


def test_right_passwords_are_not_counted_against_an_address(fan: User, now: datetime, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "sign_in_failures": (1, 900)}
    assert [outcome(fan.email, PASSWORD, now) for _attempt in range(3)] == ["in"] * 3


def test_page_and_api_share_one_counter(fan: User, api: APIClient) -> None:
    confirm_email(fan)
    assert api.post(API, {"email": fan.email, "password": WRONG}).status_code == 401
    assert Client().post(LOG_IN, {"login": fan.email, "password": WRONG}).status_code == 429
    refused = api.post(API, {"email": fan.email, "password": PASSWORD})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "ACCOUNT_LOCKED")
    assert 0 < int(refused["Retry-After"]) <= 60


def test_the_door_of_the_console_is_the_same(organizer: User, api: APIClient) -> None:
    for _attempt in range(2):
        api.post(API, {"email": organizer.email, "password": WRONG})
    door = Client().get(reverse("admin:login"), follow=True)
    assert door.redirect_chain[-1][0].startswith(LOG_IN)
    sent = {"login": organizer.email, "password": PASSWORD, "next": reverse("admin:index")}
    assert Client().post(LOG_IN, sent).status_code == 429


@pytest.mark.parametrize("door", ["page", "api"])
def test_signing_in_makes_the_browser_known(fan: User, api: APIClient, door: str, now: datetime) -> None:
    confirm_email(fan)
    browser: Any = Client() if door == "page" else api
    answer = (
        browser.post(LOG_IN, {"login": fan.email, "password": PASSWORD})
        if door == "page"
        else browser.post(API, {"email": fan.email, "password": PASSWORD})
    )
    cookie = answer.cookies[known_browsers.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 180 * 86_400)
    assert fan.email not in cookie.value
    locked(fan.email, now)
    again = api.post(
        API, {"email": fan.email, "password": PASSWORD}, headers={"Cookie": f"known_browser={cookie.value}"}
    )
    assert again.status_code == 200


@pytest.mark.parametrize("door", ["page", "api"])
def test_nobody_signs_in_while_nothing_can_be_counted(
    fan: User, api: APIClient, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm_email(fan)
    lost = redis.Client(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(redis, "sync_client", lambda: lost)
    page = Client(raise_request_exception=False)
    answer = (
        page.post(LOG_IN, {"login": fan.email, "password": PASSWORD})
        if door == "page"
        else api.post(API, {"email": fan.email, "password": PASSWORD})
    )
    assert (answer.status_code, "_auth_user_id" in page.session) == (503, False)
    assert answer["Retry-After"] == "5"


def test_what_a_session_types_again_is_counted_apart(fan: User, now: datetime) -> None:
    locked(fan.email, now)
    assert prove_again(actor=acting(fan), password=PASSWORD, now=now) == fan, "strangers cannot lock it"
    with pytest.raises(InvalidCredentials):
        prove_again(actor=acting(fan), password=WRONG, now=now)
    for _attempt in range(2):
        with pytest.raises(AccountLocked):
            prove_again(actor=acting(fan), password=WRONG, now=now)


def test_the_owner_is_told_by_the_clock_at_most_once_a_day(
    fan: User, now: datetime, mailoutbox: list[EmailMessage]
) -> None:
    locked(fan.email, now)
    assert mailoutbox == [], "whoever guesses waits for no mail"
    assert tell_owners(now=now) == 1
    locked(fan.email, now + timedelta(seconds=61))
    assert tell_owners(now=now) == 0
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([fan.email], "Too many wrong passwords for your account")
    ]
    assert AuditEntry.objects.get(action="user.lock").subject_id == fan.public_id
    tell_of_locks()


def test_unknown_addresses_are_told_nothing(now: datetime, db: None, mailoutbox: list[EmailMessage]) -> None:
    locked("nobody@example.test", now)
    assert (tell_owners(now=now), mailoutbox) == (0, [])
    assert not redis.sync_client().exists("sign-in:{locked}")


def test_a_known_browser_that_fails_is_no_news(fan: User, now: datetime, mailoutbox: list[EmailMessage]) -> None:
    cookie = cookie_for(fan.email, now)
    for _attempt in range(2):
        outcome(fan.email, WRONG, now, browser=cookie)
    assert tell_owners(now=now) == 0


def test_the_link_in_the_mail_opens_the_account_by_one_button(
    fan: User, now: datetime, mailoutbox: list[EmailMessage], api: APIClient
) -> None:
    locked(fan.email, now)
    tell_owners(now=now)
    (path,) = [word.partition("127.0.0.1:8000")[2] for word in mailoutbox[0].body.split() if "/unlock/" in word]
    browser = Client()
    page = browser.get(path)
    assert (page.status_code, page["Referrer-Policy"]) == (200, "strict-origin")
    assert outcome(fan.email, PASSWORD, now) == "ACCOUNT_LOCKED", "looking changes nothing"
    assert browser.post(path)["Location"] == LOG_IN
    assert outcome(fan.email, PASSWORD, now) == "in"
    locked(fan.email, now)
    known = browser.cookies[known_browsers.COOKIE].value
    assert outcome(fan.email, PASSWORD, now, browser=known) == "in", "strangers lock it again, and not for this browser"
    assert AuditEntry.objects.get(action="user.unlock").channel == "page"


@pytest.mark.parametrize("case", ["late", "other password", "suspended", "nonsense"])
@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_spent_link_opens_nothing(fan: User, now: datetime, case: str, verb: str) -> None:
    code = unlock_link(user=fan, now=now - timedelta(days=1, seconds=1) if case == "late" else now)
    if case == "other password":
        set_password(actor=acting(fan), user=fan, password="another long sentence", now=now)
    if case == "suspended":
        User.objects.filter(pk=fan.pk).update(is_active=False)
    locked(fan.email, now)
    page = getattr(Client(), verb)(reverse("account_unlock", args=["x" if case == "nonsense" else code]))
    assert page.status_code == 410
    assert "expired or was used before" in page.content.decode()
    assert known_browsers.COOKIE not in page.cookies
    assert outcome(fan.email, PASSWORD, now) == "ACCOUNT_LOCKED"


def test_a_new_password_opens_the_account(
    fan: User, now: datetime, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    locked(fan.email, now)
    with django_capture_on_commit_callbacks(execute=True):
        set_password(actor=acting(fan), user=fan, password="another long sentence", now=now)
    assert outcome(fan.email, "another long sentence", now) == "in"


def test_a_new_password_stands_although_the_lock_cannot_be_opened(
    fan: User, now: datetime, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    def away(_identity: str) -> bool:
        raise Unavailable

    monkeypatch.setattr(lockouts, "clear", away)
    with django_capture_on_commit_callbacks(execute=True):
        set_password(actor=acting(fan), user=fan, password="another long sentence", now=now)


class Crowd:
    """A thousand guesses from a thousand addresses, sixteen at a time, each on a connection of its own."""

    def __init__(self, email: str, now: datetime) -> None:
        self.email, self.now = email, now
        self.looked_at = 0

    def attack(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
        """How often each answer was given. What is tried is the counter: the password is compared with no hasher."""
        monkeypatch.setattr(proving, "matches", self._look)
        with ThreadPoolExecutor(max_workers=16) as crowd:
            return Counter(crowd.map(self._guess, range(1_000)))

    def _look(self, user: User | None, password: str) -> bool:
        self.looked_at += 1
        return password == PASSWORD

    def _guess(self, number: int) -> str:
        try:
            return outcome(self.email, f"guess {number}", self.now, address=f"198.51.{number // 250}.{number % 250}")
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_thousand_attempts_from_many_addresses_lock_one_account_and_nobody_else(
    now: datetime, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGN_IN_FAILURES = 10
    fan, olga = UserFactory.create(), UserFactory.create()
    crowd = Crowd(fan.email, now)
    assert crowd.attack(monkeypatch) == {"INVALID_CREDENTIALS": 9, "ACCOUNT_LOCKED": 991}
    assert crowd.looked_at == 10, "no more guesses than of a thousand in a row"
    assert outcome(fan.email, PASSWORD, now) == "ACCOUNT_LOCKED"
    assert outcome(fan.email, PASSWORD, now + timedelta(seconds=60)) == "in", "and it was never made longer"
    assert outcome(olga.email, PASSWORD, now, address="198.51.0.1") == "in"


@pytest.mark.django_db(transaction=True)
def test_control_a_counter_that_reads_and_then_writes_is_noticed(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(identity: str, *, now: datetime) -> Attempt:
        client = redis.sync_client()
        failures = int(client.get(identity) or 0)
        if failures >= 10:
            return Attempt(refused_for=60, locks_for=0)
        client.set(identity, failures + 1)
        return Attempt(refused_for=0, locks_for=0)

    monkeypatch.setattr(lockouts, "attempt", careless)
    crowd = Crowd(UserFactory.create().email, now)
    crowd.attack(monkeypatch)
    assert crowd.looked_at > 10


def test_an_address_that_waits_for_confirmation_signs_nobody_in(fan: User, organizer: User, now: datetime) -> None:
    EmailAddress.objects.create(user=fan, email="new@example.test")
    assert outcome("new@example.test", PASSWORD, now) == "INVALID_CREDENTIALS"
