"""The admin as a whole: who gets in, by which door, and that every page opens."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db
PAGES: Any = list(admin.site._registry.values())


def test_strangers_are_sent_to_our_own_sign_in(client: Client) -> None:
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_fans_do_not_get_in(client: Client, fan: User) -> None:
    client.force_login(fan)

    assert client.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_list_opens_and_searches(client: Client, admin_user: User, page: Any) -> None:
    client.force_login(admin_user)
    options = page.model._meta

    answer = client.get(reverse(f"admin:{options.app_label}_{options.model_name}_changelist"), {"q": "night"})

    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_the_first_page_names_every_app(client: Client, admin_user: User) -> None:
    client.force_login(admin_user)

    page = client.get("/admin/").content.decode()

    assert all(name in page for name in ("Accounts", "Messaging", "Events", "Voting", "Artists"))
