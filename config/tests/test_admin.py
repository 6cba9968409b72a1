"""The console as a whole: who gets in, by which door, under which policy, and that every page opens."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db
PAGES: Any = list(admin.site._registry.values())
OTHERS = ["fan", "artist", "brand", "developer"]


def test_strangers_are_sent_to_our_own_sign_in(client: Client) -> None:
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("role", OTHERS)
def test_only_organizers_and_admins_get_in(client: Client, role: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(role))

    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("role", ["organizer", "admin_user"])
def test_a_suspended_account_does_not_get_in(client: Client, role: str, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(role)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200

    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_list_opens_and_searches(client: Client, admin_user: User, page: Any) -> None:
    client.force_login(admin_user)
    options = page.model._meta

    answer = client.get(reverse(f"admin:{options.app_label}_{options.model_name}_changelist"), {"q": "night"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "events/event/?status__exact=%00",
        "events/event/a%00b/change/",
        "events/event/%00/history/",
        "accounts/auditentry/?channel=%00",
        "autocomplete/?app_label=events&model_name=attendee&field_name=event&term=%00",
    ],
)
def test_what_the_database_cannot_hold_is_not_asked_of_it(client: Client, organizer: User, path: str) -> None:
    client.force_login(organizer)

    assert client.get(f"/admin/{path}").status_code == 400


def test_the_console_alone_may_evaluate_and_style(client: Client, organizer: User) -> None:
    client.force_login(organizer)

    console = client.get("/admin/")["Content-Security-Policy"]
    elsewhere = [client.get(path)["Content-Security-Policy"] for path in ("/", "/events/", "/nothing/")]

    assert "script-src 'self' 'unsafe-eval';" in f"{console};"
    assert "style-src 'self' 'unsafe-inline';" in f"{console};"
    assert "unsafe-inline" not in console.replace("style-src 'self' 'unsafe-inline'", "")
    assert [policy for policy in elsewhere if "unsafe" in policy] == []


def test_the_control_room_is_ours_and_evaluates_nothing(client: Client, organizer: User) -> None:
    client.force_login(organizer)

    answer = client.get(reverse("admin:control-room", args=[EventFactory.create(owner=organizer).pk]))

    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_nothing_is_fetched_from_elsewhere(client: Client, organizer: User) -> None:
    client.force_login(organizer)

    page = client.get("/admin/").content.decode()

    assert "//" not in page.replace("http://www.w3.org/2000/svg", "")


def test_the_menu_shows_what_one_may_look_at(client: Client, organizer: User, admin_user: User) -> None:
    def menu(user: User) -> str:
        client.force_login(user)
        return client.get("/admin/").content.decode()

    assert reverse("admin:accounts_user_changelist") in menu(admin_user)
    assert reverse("admin:accounts_user_changelist") not in menu(organizer)


def test_signing_out_is_written_down(client: Client, organizer: User) -> None:
    client.force_login(organizer)

    client.post("/admin/logout/")

    assert AuditEntry.objects.filter(action="user.log_out", subject_id=organizer.public_id).exists()
    assert client.get("/admin/").status_code == 302


def test_passwords_are_changed_on_our_own_page(client: Client, organizer: User) -> None:
    client.force_login(organizer)

    assert client.post("/admin/password_change/", {"new_password1": "x"})["Location"] == "/accounts/password/change/"
