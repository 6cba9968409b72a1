"""`/me/sessions/`: browsers and apps, and signing them out with and without another one left."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import BrowserSession, RefreshFamily, User
from accounts.services.clients import open_client
from config.tests.fixtures import acting
from config.tests.reading import main_of

pytestmark = pytest.mark.django_db

PAGE = reverse("my-sessions")
OTHERS, ALL = reverse("end-other-sessions"), reverse("end-all-sessions")


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def browser(fan: User) -> Client:
    return signed_in(fan)


def session_of(browser: Client) -> BrowserSession:
    return BrowserSession.objects.get(session_key=browser.cookies["sessionid"].value)


def is_in(browser: Client) -> bool:
    return browser.get(PAGE).status_code == 200


@pytest.mark.parametrize("others", [1, 3])
def test_the_list_is_one_query_however_long(
    browser: Client, fan: User, now: datetime, others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _other in range(others):
        signed_in(fan)
        open_client(actor=acting(fan), user=fan, now=now)
    with django_assert_num_queries(2):  # who it is, the list
        page = main_of(browser.get(PAGE))
    assert page.count('class="end"') == 2 * others + 1
    assert page.count("This browser") == 1


def test_strange_browsers_are_told_apart_by_name_and_place(browser: Client, fan: User) -> None:
    other = session_of(signed_in(fan))
    BrowserSession.objects.filter(pk=other.pk).update(user_agent='<i>"x"/1', address="203.0.113.9")
    page = main_of(browser.get(PAGE))
    assert "from 203.0.113.9" in page
    assert "<i>" not in page
    assert other.session_key not in page


def test_a_long_list_goes_on_elsewhere(browser: Client, fan: User, now: datetime) -> None:
    for minutes in range(50):
        open_client(actor=acting(fan), user=fan, now=now - timedelta(days=1, minutes=minutes))
    first = main_of(browser.get(PAGE))
    rest = browser.get(PAGE + first.partition('rel="next" href="')[2].partition('"')[0])
    assert (first.count('class="end"'), main_of(rest).count('class="end"')) == (50, 1)
    assert OTHERS in main_of(rest)
    assert browser.get(PAGE, {"cursor": "nonsense"}).status_code == 200


def test_times_are_the_readers_own(browser: Client, fan: User, now: datetime) -> None:
    User.objects.filter(pk=fan.pk).update(time_zone="Asia/Tokyo")
    open_client(actor=acting(fan), user=fan, now=now.replace(month=1, day=2, hour=20, minute=7))
    RefreshFamily.objects.update(expires_at=now + timedelta(days=1))
    assert "Last seen 3 January 2026, 05:07" in main_of(browser.get(PAGE))


def test_another_browser_is_signed_out_without_a_password(browser: Client, fan: User) -> None:
    other = signed_in(fan)
    answer = browser.post(reverse("end-session", args=[session_of(other).public_id]), follow=True)
    assert "Signed out there." in answer.content.decode()
    assert not is_in(other)
    assert is_in(browser)


def test_signing_this_one_out_leads_to_the_entrance(browser: Client) -> None:
    answer = browser.post(reverse("end-session", args=[session_of(browser).public_id]))
    assert answer["Location"] == "/accounts/login/"
    assert answer.cookies["sessionid"]["max-age"] == 0
    assert not is_in(browser)


def test_everything_else_ends_and_this_stays(browser: Client, fan: User, now: datetime) -> None:
    other = signed_in(fan)
    open_client(actor=acting(fan), user=fan, now=now)
    browser.get(PAGE)
    answer = browser.post(OTHERS, follow=True)
    page = main_of(answer)
    assert "Signed out everywhere else." in answer.content.decode()
    assert page.count('class="end"') == 1
    assert OTHERS not in page
    assert not is_in(other)
    assert not RefreshFamily.objects.filter(revoked_at=None).exists()


def test_everything_ends(browser: Client, fan: User) -> None:
    other = signed_in(fan)
    answer = browser.post(ALL, follow=True)
    assert answer.redirect_chain == [("/accounts/login/", 302)]
    assert "Signed out." in answer.content.decode()
    assert not is_in(browser)
    assert not is_in(other)


def test_a_strangers_is_not_there(browser: Client, outsider: User) -> None:
    theirs = signed_in(outsider)
    assert browser.post(reverse("end-session", args=[session_of(theirs).public_id])).status_code == 404
    assert is_in(theirs)


@pytest.mark.parametrize("path", [OTHERS, ALL, reverse("end-session", args=["0" * 16])])
def test_only_a_post_with_its_token_ends_anything(browser: Client, fan: User, path: str) -> None:
    assert browser.get(path).status_code == 405
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(fan)
    assert careful.post(path).status_code == 403
    assert Client().post(path)["Location"].startswith("/accounts/login/")
    assert is_in(browser)


# --- The console ---------------------------------------------------------------------------------------------------------------


def test_an_admin_sees_browsers_without_their_keys_and_ends_them(browser: Client, admin_user: User) -> None:
    console, session = signed_in(admin_user), session_of(browser)
    path = reverse("admin:accounts_browsersession_changelist")
    pages = console.get(path), console.get(reverse("admin:accounts_browsersession_change", args=[session.pk]))
    for page in pages:
        assert page.status_code == 200
        assert session.session_key not in page.content.decode()
        assert session.session_data not in page.content.decode()
    console.post(path, {"action": "sign_out", "_selected_action": [str(session.pk)]})
    assert not is_in(browser)
    assert is_in(console)


def test_an_organizer_has_no_such_page(organizer: User) -> None:
    assert signed_in(organizer).get(reverse("admin:accounts_browsersession_changelist")).status_code in {403, 404}
