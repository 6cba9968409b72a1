"""The console's page of API keys: for admins alone, who end keys and set their limits."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, AuditEntry, KeyEnded, User
from accounts.services.keys import create_key
from accounts.tests.factories import confirm_email
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db

LIST = reverse("admin:accounts_apikey_changelist")


@pytest.fixture
def key(developer: User, now: datetime) -> ApiKey:
    confirm_email(developer)
    return create_key(actor=acting(developer), name="Ballot bot", scopes=["profile:read"], now=now).key


def page_of(key: ApiKey) -> str:
    return reverse("admin:accounts_apikey_change", args=[key.pk])


def test_admins_find_a_key_by_its_prefix_and_its_owner(client: Client, admin_user: User, key: ApiKey) -> None:
    client.force_login(admin_user)
    for asked in (key.public_id, key.user.email, "ballot"):
        assert f"ff_{key.public_id}" in client.get(LIST, {"q": asked}).content.decode()
    assert f"ff_{key.public_id}" not in client.get(LIST, {"q": "nobody"}).content.decode()


def test_an_admin_sets_a_limit_and_takes_it_away(client: Client, admin_user: User, key: ApiKey) -> None:
    client.force_login(admin_user)
    for sent, stored in (("5000", 5_000), ("", None)):
        assert client.post(page_of(key), {"requests": sent}).status_code == 302
        assert ApiKey.objects.get().requests == stored
    assert [entry.facts for entry in AuditEntry.objects.filter(action="key.limit").order_by("id")] == [
        {"requests": 5_000},
        {"requests": None},
    ]
    assert client.post(page_of(key), {"requests": "0"}).status_code == 200
    assert ApiKey.objects.get().requests is None


def test_an_admin_revokes_the_chosen_once(client: Client, admin_user: User, key: ApiKey) -> None:
    client.force_login(admin_user)
    for _again in range(2):
        client.post(LIST, {"action": "revoke", "_selected_action": [key.pk]})
    assert ApiKey.objects.get().revoked_because == KeyEnded.ADMIN
    assert AuditEntry.objects.filter(action="key.revoke").count() == 1
    assert "Save" not in client.get(page_of(key)).content.decode().partition("<main")[2]


def test_nobody_else_sees_them(client: Client, organizer: User, developer: User, key: ApiKey) -> None:
    for user, of_list, of_page in ((organizer, 403, 404), (developer, 302, 302)):
        client.force_login(user)
        assert (client.get(LIST).status_code, client.get(page_of(key)).status_code) == (of_list, of_page)
        client.post(LIST, {"action": "revoke", "_selected_action": [key.pk]})
    assert ApiKey.objects.get().revoked_at is None
