"""The admin's view of accounts."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Ended, RefreshFamily, User
from accounts.services.clients import open_client
from config.tests.fixtures import acting

MODELS = ["user", "refreshfamily", "auditentry"]


@pytest.fixture
def desk(admin_user: User) -> Client:
    client = Client()
    client.force_login(admin_user)
    return client


@pytest.mark.parametrize("model", MODELS)
def test_admin_looks_and_cannot_change(desk: Client, fan: User, now: datetime, model: str) -> None:
    open_client(actor=acting(fan), user=fan, now=now)
    assert desk.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 200
    assert desk.get(reverse(f"admin:accounts_{model}_add")).status_code == 403
    shown = desk.get(reverse("admin:accounts_user_change", args=[fan.pk]))
    assert shown.status_code == 200
    assert b'name="_save"' not in shown.content
    assert desk.post(reverse("admin:accounts_user_change", args=[fan.pk]), {"role": "admin"}).status_code == 403
    assert desk.post(reverse("admin:accounts_user_delete", args=[fan.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["user", "refreshfamily"])
def test_organizers_see_no_accounts(organizer: User, model: str) -> None:
    client = Client()
    client.force_login(organizer)
    assert client.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 403


def test_signing_a_client_out_goes_through_the_service(desk: Client, fan: User, now: datetime) -> None:
    open_client(actor=acting(fan), user=fan, now=now)
    family = RefreshFamily.objects.get()
    chosen = {"action": "sign_out", "_selected_action": [family.pk]}
    desk.post(reverse("admin:accounts_refreshfamily_changelist"), chosen)
    family.refresh_from_db()
    assert family.revoked_because == Ended.REVOKED
    assert AuditEntry.objects.get(action="client.revoke").channel == "admin"
