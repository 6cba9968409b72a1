"""MFA_REQUIRED_ROLES: whose role asks for a second factor reaches nothing of the role's before having one."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.policies import may_enter_console, scopes_of, sees_everything
from accounts.services.clients import open_client
from accounts.tests.factories import PASSWORD, confirm_email
from accounts.tests.second_factors import code_now, with_app
from config.tests.fixtures import acting
from events.policies import events_run_by
from events.tests.factories import EventFactory
from voting.leaderboard import Audience
from voting.viewing import audience_for

pytestmark = pytest.mark.django_db
SECURITY: Final = reverse("my-security")
OPEN: Final = {"jsi18n"}  # a script with words alone


@pytest.fixture(autouse=True)
def _required(settings: Settings) -> None:
    settings.MFA_REQUIRED_ROLES = frozenset({"organizer", "admin"})


def console_paths(patterns: Iterable[URLPattern | URLResolver], route: str = "/admin/") -> Iterator[str]:
    """A path for every named address of the console; the door is asked before anybody looks for a row."""
    for entry in patterns:
        whole = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from console_paths(entry.url_patterns, whole)
        elif entry.name and entry.name not in OPEN:
            one = re.sub(r"\(\?P<\w+>(\w+)[^)]*\)", r"\1", whole)
            yield re.sub(r"<[^>]+>", "1", one).replace("^", "").rstrip("$")


def test_the_console_leads_to_the_security_page_from_every_address(client: Client, organizer: User) -> None:
    client.force_login(organizer)
    answers = {path: client.get(path) for path in console_paths(admin.site.get_urls())}
    assert len(answers) > 40
    led = {
        path for path, answer in answers.items() if answer.headers.get("Location", "").startswith(f"{SECURITY}?next=")
    }
    assert set(answers) - led == set()


def test_a_form_posted_into_the_console_changes_nothing(client: Client, organizer: User) -> None:
    client.force_login(organizer)
    event = EventFactory.create(owner=organizer)
    answer = client.post(reverse("admin:events_event_change", args=[event.pk]), {"title": "Taken over"})
    assert answer.status_code == 302
    event.refresh_from_db()
    assert event.title != "Taken over"


def test_the_security_page_says_why_and_leads_back(client: Client, organizer: User) -> None:
    with_app_later = confirm_email(organizer)
    client.force_login(with_app_later)
    page = client.get(client.get("/admin/")["Location"])
    assert "Your role works with two-step sign-in" in page.content.decode()
    assert f"{reverse('mfa_activate_totp')}?next=/admin/" in page.content.decode().replace("%2F", "/")


def test_with_a_factor_the_console_opens(client: Client, organizer: User) -> None:
    with_app(organizer, now=timezone.now())
    client.force_login(organizer)
    assert client.get("/admin/").status_code == 200


def test_a_role_that_is_not_named_is_asked_nothing(client: Client, organizer: User, settings: Settings) -> None:
    settings.MFA_REQUIRED_ROLES = frozenset({"admin"})
    client.force_login(organizer)
    assert client.get("/admin/").status_code == 200


def test_the_console_signs_in_through_both_steps(client: Client, admin_user: User) -> None:
    """The admin's own log-in page is none: it sends on to the one sign-in, which asks for the second step."""
    with_app(admin_user, now=timezone.now() - timedelta(days=1))
    door = client.get("/admin/", follow=True)
    assert door.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    given = {"login": admin_user.email, "password": PASSWORD, "next": "/admin/"}
    assert client.post("/accounts/login/", given)["Location"] == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302, "not in yet"
    answer = client.post(reverse("mfa_authenticate"), {"code": code_now(timezone.now())})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_console_takes_no_password_of_its_own(client: Client, admin_user: User) -> None:
    answer = client.post("/admin/login/", {"username": admin_user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


def test_without_it_an_account_acts_as_a_fan(organizer: User, admin_user: User, fan: User) -> None:
    EventFactory.create()
    for user in (organizer, admin_user):
        assert scopes_of(acting(user)) == scopes_of(acting(fan))
        assert not sees_everything(acting(user))
        assert not may_enter_console(acting(user))
    assert not events_run_by(acting(admin_user)).exists()


def bearer(user: User) -> dict[str, str]:
    signed = open_client(actor=acting(user), user=user, now=timezone.now())
    return {"Authorization": f"Bearer {signed.tokens.access}"}


def asked(api: APIClient, user: User, **body: Any) -> tuple[int, str]:
    answer = api.post(reverse("events:events"), body, headers=bearer(user))
    error = answer.json()["error"]
    return answer.status_code, error["code"] if error else ""


def test_the_api_says_what_is_missing(api: APIClient, organizer: User, fan: User) -> None:
    confirm_email(organizer)
    assert asked(api, organizer) == (403, "MFA_REQUIRED")
    assert asked(api, fan) == (403, "INSUFFICIENT_SCOPE"), "a factor would not help a fan"
    assert api.get(reverse("accounts:profile"), headers=bearer(organizer)).status_code == 200
    with_app(organizer, now=timezone.now())
    assert asked(api, organizer) == (422, "VALIDATION_ERROR")


def test_the_board_shows_no_more_than_a_fan_may_see(organizer: User) -> None:
    event = EventFactory.create(owner=organizer)
    assert audience_for(acting(organizer), event) == Audience.FAN
    with_app(organizer, now=timezone.now())
    assert audience_for(acting(organizer), event) == Audience.ORGANIZER
