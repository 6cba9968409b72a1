"""Users, platform settings and jobs over the API."""

from datetime import datetime

import pytest
from rest_framework.test import APIClient

from accounts.models import Export, ExportState, Role, User
from accounts.services.suspending import suspend
from config.tests.fixtures import acting

pytestmark = pytest.mark.django_db
WHY = "Asked by phone"
READ = ["users", "settings", "settings/sending", "settings/sending/history", "jobs"]


@pytest.fixture
def desk(api: APIClient, admin_user: User) -> APIClient:
    api.force_authenticate(admin_user)
    return api


@pytest.mark.parametrize("place", READ)
def test_admins_alone(api: APIClient, admin_user: User, organizer: User, place: str) -> None:
    address = f"/api/v1/admin/{place}"
    assert api.get(address).status_code == 401
    api.force_authenticate(organizer)
    assert api.get(address).status_code == 403
    api.force_authenticate(admin_user)
    assert api.get(address).status_code == 200
    assert api.delete(address).status_code == 405


def test_users_are_found(desk: APIClient, fan: User, organizer: User) -> None:
    assert [each["id"] for each in desk.get("/api/v1/admin/users?q=fay").json()["data"]] == [fan.public_id]
    found = desk.get("/api/v1/admin/users?role=organizer").json()["data"]
    assert [each["email"] for each in found] == [organizer.email]
    assert desk.get("/api/v1/admin/users?active=false").json()["data"] == []
    assert len(desk.get("/api/v1/admin/users?two_steps=false").json()["data"]) == 3
    assert desk.get("/api/v1/admin/users?role=king").status_code == 422
    assert desk.get(f"/api/v1/admin/users/{fan.public_id}").json()["data"]["name"] == fan.name
    assert desk.get(f"/api/v1/admin/users/{'0' * 16}").status_code == 404


def test_acts_on_an_account(desk: APIClient, fan: User) -> None:
    place = f"/api/v1/admin/users/{fan.public_id}"
    assert desk.post(f"{place}/suspend", {"reason": WHY}).json()["data"]["active"] is False
    again = desk.post(f"{place}/suspend", {"reason": WHY})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "ALREADY_SUSPENDED")
    assert desk.post(f"{place}/restore", {"reason": WHY}).json()["data"]["active"] is True
    assert desk.post(f"{place}/restore", {"reason": WHY}).json()["error"]["code"] == "NOT_SUSPENDED"
    assert desk.post(f"{place}/role", {"reason": WHY, "role": "brand"}).json()["data"]["role"] == Role.BRAND
    assert desk.post(f"{place}/sign-out", {"reason": WHY}).status_code == 200
    assert desk.post(f"{place}/sign-out", {}).status_code == 422


def test_not_on_oneself(desk: APIClient, admin_user: User) -> None:
    answer = desk.post(f"/api/v1/admin/users/{admin_user.public_id}/role", {"reason": WHY, "role": "fan"})
    assert answer.json()["error"]["code"] == "NOT_YOURSELF"


def test_an_organizer_acts_on_nobody(api: APIClient, organizer: User, fan: User) -> None:
    api.force_authenticate(organizer)
    for act in ("suspend", "restore", "role", "sign-out"):
        assert api.post(f"/api/v1/admin/users/{fan.public_id}/{act}", {"reason": WHY}).status_code == 403


def test_a_suspended_admin_may_nothing(desk: APIClient, admin_user: User, now: datetime) -> None:
    other = User.objects.create_user("second@example.test", role=Role.ADMIN)
    suspend(actor=acting(other), user=admin_user, reason=WHY, now=now)
    admin_user.refresh_from_db()
    desk.force_authenticate(admin_user)
    assert desk.get("/api/v1/admin/users").status_code == 401


def test_a_setting_is_put_with_its_version(desk: APIClient) -> None:
    place = "/api/v1/admin/settings/sending"
    first = desk.get(place)
    assert first.json()["data"] | {"label": ""} == {
        "key": "sending",
        "kind": "switch",
        "label": "",
        "value": True,
        "default": True,
        "version": 0,
    }
    stored = desk.put(place, {"value": False, "reason": WHY}, headers={"If-Match": first["ETag"]})
    assert (stored.status_code, stored.json()["data"]["version"]) == (200, 1)
    stale = desk.put(place, {"value": True, "reason": WHY}, headers={"If-Match": first["ETag"]})
    assert stale.status_code == 412
    assert desk.put(place, {"value": "yes", "reason": WHY}).status_code == 422
    assert desk.put("/api/v1/admin/settings/nothing", {"value": 1, "reason": WHY}).status_code == 404
    history = desk.get(f"{place}/history").json()["data"]
    assert [(each["version"], each["value"], each["reason"]) for each in history] == [(1, False, WHY)]
    back = desk.post(f"{place}/history", {"version": 0, "reason": WHY}).json()["data"]
    assert (back["value"], back["version"]) == (True, 2)


def test_jobs_and_once_more(desk: APIClient, fan: User, now: datetime) -> None:
    export = Export.objects.create(user=fan, sections=1, requested_at=now, state=ExportState.FAILED, finished_at=now)
    said = desk.get("/api/v1/admin/jobs").json()["data"]
    assert {queue["name"] for queue in said["queues"]} == {"critical", "default", "bulk", "slow"}
    exports = next(section for section in said["sections"] if section["key"] == "exports")
    assert [each["id"] for each in exports["stuck"]] == [export.public_id]
    again = f"/api/v1/admin/jobs/exports/{export.public_id}/redrive"
    assert desk.post(again).status_code == 204
    assert desk.post(again).status_code == 404
    assert desk.post(f"/api/v1/admin/jobs/nothing/{export.public_id}/redrive").status_code == 404
