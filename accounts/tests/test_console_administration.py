"""The console's pages of accounts, settings and jobs, as everybody who might try them."""

from datetime import datetime
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from redis.exceptions import ConnectionError as Away

from accounts import lockouts
from accounts.admin.user_acts import ACTS
from accounts.known_browsers import account_of
from accounts.models import AuditEntry, Export, ExportState, Impersonation, JobRun, PlatformSetting, Role, User
from accounts.services.job_runs import SLOW_MILLISECONDS, Run, note_run
from accounts.tests.factories import UserFactory
from config.lib import redis

pytestmark = pytest.mark.django_db
WHY = "They asked by phone"
PLACES = ["/admin/settings/", "/admin/settings/sending/", "/admin/jobs/", "/admin/accounts/user/"]


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def desk(admin_user: User) -> Client:
    return signed_in(admin_user)


def act(user: User, name: str) -> str:
    return reverse("admin:accounts_user_act", args=[user.pk, name])


@pytest.mark.parametrize("place", PLACES)
def test_admins_alone(desk: Client, organizer: User, fan: User, place: str) -> None:
    assert desk.get(place).status_code == 200
    assert signed_in(organizer).get(place).status_code == 403
    assert signed_in(fan).get(place).status_code == 302
    assert Client().get(place).status_code == 302


@pytest.mark.parametrize("name", ACTS)
def test_acts_are_for_admins_and_ask_first(desk: Client, organizer: User, fan: User, name: str) -> None:
    before = AuditEntry.objects.count()
    assert desk.get(act(fan, name)).status_code == 200
    assert desk.post(act(fan, name), {}).status_code == 200  # without a reason it asks once more
    assert signed_in(organizer).post(act(fan, name), {"reason": WHY}).status_code == 403
    assert Client().post(act(fan, name), {"reason": WHY}).status_code == 302
    assert AuditEntry.objects.count() == before


def test_what_there_is_not(desk: Client, fan: User) -> None:
    assert desk.get(act(fan, "nothing")).status_code == 404
    assert desk.get(reverse("admin:accounts_user_act", args=[0, "suspend"])).status_code == 404
    assert desk.get("/admin/settings/nothing/").status_code == 404
    assert desk.get("/admin/settings/sending/back/7/").status_code == 404


def test_suspend_and_restore(desk: Client, fan: User) -> None:
    desk.post(act(fan, "suspend"), {"reason": WHY, "until": ""})
    fan.refresh_from_db()
    assert not fan.is_active
    page = desk.get(reverse("admin:accounts_user_change", args=[fan.pk])).content.decode()
    assert WHY in page
    assert act(fan, "restore") in page
    assert act(fan, "suspend") not in page
    desk.post(act(fan, "restore"), {"reason": WHY})
    fan.refresh_from_db()
    assert fan.is_active


def test_a_refusal_is_said_on_the_page(desk: Client, admin_user: User) -> None:
    answer = desk.post(act(admin_user, "role"), {"reason": WHY, "role": Role.FAN})
    assert answer.status_code == 409
    assert "your own account" in answer.content.decode()


def test_look_leads_to_their_pages(desk: Client, fan: User) -> None:
    answer = desk.post(act(fan, "look"), {"reason": WHY})
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert desk.get("/me/").wsgi_request.user == fan
    assert Impersonation.objects.get().reason == WHY
    assert desk.post(act(fan, "look"), {"reason": WHY}).status_code in {302, 403}
    assert Impersonation.objects.count() == 1


def test_unlock(desk: Client, fan: User, now: datetime) -> None:
    for _number in range(10):
        lockouts.attempt(f"account:{account_of(fan.email)}", now=now)
    page = reverse("admin:accounts_user_change", args=[fan.pk])
    assert act(fan, "unlock") in desk.get(page).content.decode()
    desk.post(act(fan, "unlock"), {"reason": WHY})
    assert act(fan, "unlock") not in desk.get(page).content.decode()


def test_an_accounts_page_costs_the_same_with_much_on_it(
    desk: Client, fan: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(3):
        signed_in(fan)
    with django_assert_max_num_queries(16):
        desk.get(reverse("admin:accounts_user_change", args=[fan.pk]))


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("fay", True),
        ("AY F", True),
        ("FAY@", True),
        ("fay@exa", True),
        ("+12025550123", True),
        ("2025550", False),
        ("ay@", False),
    ],
)
def test_search(desk: Client, typed: str, is_found: bool) -> None:
    fay = UserFactory.create(name="Fay Fan", email="fay@example.test", phone="+12025550123")
    page = desk.get("/admin/accounts/user/", {"q": typed}).content.decode()
    assert (fay.email in page) is is_found
    assert fay.email in desk.get("/admin/accounts/user/", {"q": fay.public_id}).content.decode()


def test_an_id_of_digits_is_no_phone(desk: Client) -> None:
    found = UserFactory.create(public_id="2026112020262026")
    assert found.email in desk.get("/admin/accounts/user/", {"q": found.public_id}).content.decode()


@pytest.mark.parametrize("question", ["suspended", "confirmed", "two_steps"])
def test_filters(desk: Client, fan: User, question: str) -> None:
    assert fan.email not in desk.get("/admin/accounts/user/", {question: "yes"}).content.decode()
    assert fan.email in desk.get("/admin/accounts/user/", {question: "no"}).content.decode()


def test_a_setting_is_set_and_set_back(desk: Client) -> None:
    page = "/admin/settings/limit_user/"
    desk.post(page, {"requests": "7", "seconds": "60", "reason": WHY, "version": "0"})
    row = PlatformSetting.objects.get()
    assert row.value == {"requests": 7, "seconds": 60}
    stale = desk.post(page, {"requests": "9", "seconds": "60", "reason": WHY, "version": "0"})
    assert stale.status_code == 412
    assert WHY in desk.get(page).content.decode()
    assert desk.get(f"{page}back/0/").status_code == 200
    desk.post(f"{page}back/0/", {"reason": WHY})
    row.refresh_from_db()
    assert (row.value, row.version) == (None, 2)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("sending", {"value": "off"}, False),
        ("mfa_required_roles", {"value": ["brand"]}, ["brand"]),
        ("maintenance_notice", {"words_en": "Away", "words_es": "", "words_fr": " "}, {"en": "Away"}),
    ],
)
def test_each_kind_of_setting(desk: Client, key: str, typed: dict[str, str], value: object) -> None:
    desk.post(f"/admin/settings/{key}/", {**typed, "reason": WHY, "version": "0"})
    assert PlatformSetting.objects.get(key=key).value == value


def test_jobs_are_told_while_redis_is_away(desk: Client) -> None:
    with patch.object(redis.sync_client(), "llen", side_effect=Away):
        page = desk.get("/admin/jobs/")
    assert page.status_code == 200
    assert "Redis is away" in page.content.decode()


def test_a_copy_that_failed_is_started_once_more(desk: Client, organizer: User, fan: User, now: datetime) -> None:
    export = Export.objects.create(user=fan, sections=1, requested_at=now, state=ExportState.FAILED, finished_at=now)
    again = reverse("admin:jobs-redrive", args=["exports", export.public_id])
    assert again in desk.get("/admin/jobs/").content.decode()
    assert desk.get(again).status_code == 405
    assert signed_in(organizer).post(again).status_code == 403
    assert desk.post(again).status_code == 302
    export.refresh_from_db()
    assert export.state == ExportState.QUEUED
    assert desk.post(again).status_code == 404
    assert desk.post(reverse("admin:jobs-redrive", args=["imports", export.public_id])).status_code == 404


def run(**how: object) -> Run:
    facts = {
        "task": "t",
        "queue": "default",
        "worker": "w",
        "state": "done",
        "error": "",
        "milliseconds": 5,
        "task_id": "1",
    }
    return Run(**{**facts, **how})  # type: ignore[arg-type]  # names of its fields


def test_the_log_keeps_what_says_something(desk: Client) -> None:
    note_run(run=run())
    note_run(run=run(milliseconds=SLOW_MILLISECONDS))
    note_run(run=run(state="failed", error="ValueError"))
    assert list(JobRun.objects.order_by("id").values_list("state", "error")) == [("done", ""), ("failed", "ValueError")]
    page = desk.get("/admin/jobs/").content.decode()
    assert "ValueError" in page
