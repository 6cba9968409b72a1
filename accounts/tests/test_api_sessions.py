"""`/api/v1/auth/sessions`: where the account is signed in, and ending it."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import AuditEntry, BrowserSession, Ended, RefreshFamily, User
from accounts.services.clients import SignedIn, open_client
from config.tests.fixtures import acting

LIST = "/api/v1/auth/sessions"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"


@pytest.fixture
def phone(fan: User, now: datetime) -> SignedIn:
    return open_client(actor=acting(fan), user=fan, now=now - timedelta(minutes=1))


@pytest.fixture
def app(api: APIClient, phone: SignedIn) -> APIClient:
    """The fan's mobile client."""
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {phone.tokens.access}")
    return api


@pytest.fixture
def browser(fan: User) -> Client:
    """The fan's browser, which has just been seen."""
    browser = Client(headers={"user-agent": FIREFOX})
    browser.force_login(fan)
    BrowserSession.objects.update(address="203.0.113.9", user_agent=FIREFOX)
    return browser


def still_in(browser: Client) -> bool:
    return browser.get("/me/").status_code == 200


def test_browsers_and_apps_are_one_list_and_this_one_is_marked(app: APIClient, browser: Client) -> None:
    data = app.get(LIST).json()["data"]

    assert [(row["kind"], row["current"], row["device"]) for row in data] == [
        ("browser", False, "Firefox on Android"),
        ("client", True, "Unknown device"),
    ]
    assert data[0]["address"] == "203.0.113.9"
    assert not {"session_key", "session_data"} & set(data[0])
    assert [row["current"] for row in browser.get(LIST).json()["data"]] == [True, False]


def test_the_list_goes_by_pages_in_one_query(
    app: APIClient, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # whose token it is, the list
        first = app.get(LIST, {"limit": 1}).json()
    rest = app.get(LIST, {"limit": 1, "cursor": first["meta"]["next"]}).json()

    assert [row["kind"] for row in first["data"] + rest["data"]] == ["browser", "client"]
    assert rest["meta"]["next"] is None


def test_what_is_over_or_somebody_elses_is_not_listed(
    app: APIClient, browser: Client, outsider: User, now: datetime
) -> None:
    Client().force_login(outsider)
    open_client(actor=acting(outsider), user=outsider, now=now)
    BrowserSession.objects.filter(user__name="Fay Fan").update(expire_date=now)

    assert [row["kind"] for row in app.get(LIST).json()["data"]] == ["client"]


def test_one_is_ended_at_once_and_stays_so(app: APIClient, browser: Client) -> None:
    (session,) = BrowserSession.objects.all()
    assert still_in(browser)

    assert app.delete(f"{LIST}/{session.public_id}").status_code == 204
    assert not still_in(browser)
    assert app.delete(f"{LIST}/{session.public_id}").status_code == 404
    entry = AuditEntry.objects.get(action="session.end")
    assert (entry.subject_type, entry.subject_id) == ("accounts.browsersession", session.public_id)


def test_a_client_ends_itself(app: APIClient) -> None:
    (family,) = RefreshFamily.objects.all()

    assert app.delete(f"{LIST}/{family.public_id}").status_code == 204
    assert app.get(LIST).status_code == 401
    family.refresh_from_db()
    assert family.revoked_because == Ended.SIGNED_OUT


def test_all_others_end_and_this_one_stays(app: APIClient, browser: Client, fan: User, now: datetime) -> None:
    open_client(actor=acting(fan), user=fan, now=now)

    assert app.delete(LIST).status_code == 204
    assert not still_in(browser)
    assert [row["current"] for row in app.get(LIST).json()["data"]] == [True]
    assert AuditEntry.objects.get(action="user.sign_out_everywhere").facts == {"sessions": 1, "clients": 1}


def test_nobody_ends_what_is_anothers(api: APIClient, browser: Client, phone: SignedIn, outsider: User) -> None:
    api.force_login(outsider)
    for row in (*BrowserSession.objects.filter(user=phone.user), *RefreshFamily.objects.all()):
        assert api.delete(f"{LIST}/{row.public_id}").status_code == 404
    assert still_in(browser)


@pytest.mark.parametrize("path", [LIST, f"{LIST}/0000000000000000"])
def test_strangers_and_other_verbs(api: APIClient, path: str, fan: User) -> None:
    assert api.delete(path).status_code == 401
    api.force_login(fan)
    assert api.post(path).status_code == 405
    assert api.put(path).status_code == 405


def test_a_browser_needs_the_csrf_token(fan: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(fan)

    assert browser.delete(LIST).status_code == 403
    assert still_in(browser)
