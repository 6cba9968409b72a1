"""Browser sessions: the row decides who is signed in, whatever is cached; they end by idleness, by age, and at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import session_store
from accounts.middleware import SignedInMiddleware
from accounts.models import BrowserSession, User
from accounts.services.passwords import set_password
from accounts.session_store import SEEN_EVERY, SessionStore
from accounts.tests.factories import PASSWORD, confirm_email
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db
PAGE = "/me/settings/"
START = datetime(2026, 11, 20, 20, tzinfo=UTC)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(clock: Any, fan: User) -> Client:
    browser = Client()
    browser.force_login(fan)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get(PAGE).status_code == 200


# --- Who is signed in ---------------------------------------------------------------------------------------------------------


def test_signing_in_gives_another_key_and_says_from_where(client: Client, fan: User) -> None:
    confirm_email(fan)
    before = SessionStore()
    before["seen"] = "something"
    before.save()
    client.cookies["sessionid"] = before.session_key or ""
    headers = {"user-agent": "Firefox"}

    client.post("/accounts/login/", {"login": fan.email, "password": PASSWORD}, headers=headers)

    after = client.cookies["sessionid"].value
    assert after != before.session_key
    row = BrowserSession.objects.get()
    assert (row.session_key, row.user, row.address, row.user_agent) == (after, fan, "127.0.0.1", "Firefox")


def test_who_it_is_takes_one_query(browser: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    browser.get(PAGE)
    with django_assert_num_queries(1):  # the session with its user
        assert is_in(browser)


def test_without_redis_too(
    browser: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(caches["sessions"], "get", lambda *_asked, **_named: None)
    with django_assert_num_queries(1):
        assert is_in(browser)


def test_a_stranger_with_a_cookie_asks_the_database_nothing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = client.session
    session["seen"] = 1
    session.save()
    with django_assert_num_queries(0):
        assert client.get(PAGE).status_code == 302


def test_what_is_cached_signs_nobody_in(browser: Client) -> None:
    """As after an end that Redis never heard of."""
    assert is_in(browser)
    BrowserSession.objects.all().delete()
    assert caches["sessions"].get(f"browser:{browser.cookies['sessionid'].value}")

    answer = browser.get(PAGE)

    assert answer.status_code == 302
    assert answer.cookies["sessionid"]["max-age"] == 0


def test_control_djangos_own_way_believes_the_cache(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def by_the_cache_alone(request: HttpRequest) -> Any:
        return get_user_model().objects.get(pk=request.session["_auth_user_id"])

    monkeypatch.setattr("accounts.middleware._user_of", by_the_cache_alone)
    assert is_in(browser)
    BrowserSession.objects.all().delete()

    assert is_in(browser)


def test_a_suspended_account_is_out_at_once(browser: Client, fan: User) -> None:
    assert is_in(browser)
    User.objects.filter(pk=fan.pk).update(is_active=False)
    assert not is_in(browser)


def test_another_password_ends_it(browser: Client, fan: User, now: datetime) -> None:
    set_password(actor=acting(fan), user=fan, password="another long sentence", now=now)
    assert not BrowserSession.objects.exists()
    assert not is_in(browser)


def test_another_password_ends_it_even_where_its_row_stayed(browser: Client, fan: User) -> None:
    """As set by `manage.py changepassword`, which knows no service."""
    fan.set_password("another long sentence")
    fan.save()
    assert not is_in(browser)


def test_a_new_secret_key_signs_nobody_out(browser: Client, settings: Settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key, as long as the one before it was"
    assert is_in(browser)
    settings.SECRET_KEY_FALLBACKS = []
    assert is_in(browser)


def test_an_async_view_hears_the_same(browser: Client, fan: User, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.session = SessionStore(browser.cookies["sessionid"].value)
    SignedInMiddleware(lambda _request: HttpResponse()).process_request(request)
    assert async_to_sync(request.auser)() == fan
    BrowserSession.objects.all().delete()
    SignedInMiddleware(lambda _request: HttpResponse()).process_request(request)
    assert async_to_sync(request.auser)().is_anonymous


# --- How long ------------------------------------------------------------------------------------------------------------------


def test_unused_it_ends(browser: Client, clock: Any, settings: Settings) -> None:
    clock.move_to(START + timedelta(hours=settings.SESSION_IDLE_HOURS) - timedelta(seconds=1))
    assert is_in(browser)
    clock.move_to(START + timedelta(hours=2 * settings.SESSION_IDLE_HOURS))
    assert not is_in(browser)


def test_used_it_goes_on_until_its_absolute_end(browser: Client, clock: Any, settings: Settings) -> None:
    step = timedelta(hours=settings.SESSION_IDLE_HOURS) - timedelta(hours=1)
    end = START + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    at = START + step
    while at < end:
        clock.move_to(at)
        assert is_in(browser)
        at += step
    clock.move_to(end - timedelta(seconds=1))
    assert is_in(browser)
    clock.move_to(end)
    assert not is_in(browser)


def test_last_seen_is_written_once_in_five_minutes_with_where(
    browser: Client, clock: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clock.move_to(START + SEEN_EVERY - timedelta(seconds=1))
    with django_assert_num_queries(1):
        browser.get(PAGE)
    clock.move_to(START + SEEN_EVERY)
    with django_assert_num_queries(2):
        browser.get(PAGE, headers={"user-agent": "Safari"})
    with django_assert_num_queries(1):
        browser.get(PAGE)
    row = BrowserSession.objects.get()
    assert (row.last_seen_at, row.user_agent, row.address) == (START + SEEN_EVERY, "Safari", "127.0.0.1")


# --- The store -----------------------------------------------------------------------------------------------------------------


def test_a_row_that_was_ended_is_not_written_again(browser: Client) -> None:
    late = SessionStore(browser.cookies["sessionid"].value)
    late["something"] = "new"
    session_store.end(BrowserSession.objects.all())

    with pytest.raises(UpdateError):
        late.save()
    assert not BrowserSession.objects.exists()


def test_ending_forgets_what_is_cached_once_it_is_committed(
    browser: Client, django_capture_on_commit_callbacks: Any
) -> None:
    key = f"browser:{browser.cookies['sessionid'].value}"
    assert is_in(browser)
    with django_capture_on_commit_callbacks(execute=True):
        assert session_store.end(BrowserSession.objects.all()) == 1
        assert caches["sessions"].get(key)
    assert not caches["sessions"].get(key)


def test_a_key_that_is_taken_is_not_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    first = SessionStore()
    first["whose"] = "first"
    first.create()
    keys = iter([first.session_key, "k" * 32])
    monkeypatch.setattr(SessionStore, "_get_new_session_key", lambda _store: next(keys))

    second = SessionStore()
    second.create()

    assert second.session_key == "k" * 32
    assert BrowserSession.objects.count() == 2


def test_of_a_stranger_nothing_is_kept() -> None:
    session = SessionStore()
    session.address, session.user_agent = "203.0.113.9", "Firefox"
    session["seen"] = 1
    session.save()
    row = BrowserSession.objects.get()
    assert (row.user, row.address, row.user_agent) == (None, None, "")


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"expire_date": START + timedelta(days=400)}, "browser_session_idle_before_absolute"),
        ({"ends_at": START, "expire_date": START}, "browser_session_ends_after_start"),
        ({"user": None, "address": "203.0.113.9"}, "browser_session_of_nobody_is_nowhere"),
    ],
)
def test_the_database_holds_what_a_session_is(browser: Client, wrong: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        BrowserSession.objects.update(**wrong)
