"""Reports, decisions and appeals over the API; the queue for admins."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Case, Decision, Report, Role, User
from accounts.tests.factories import UserFactory
from events.models import Event
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
REPORTS = "/api/v1/reports"
QUEUE = "/api/v1/admin/moderation"


@pytest.fixture
def night() -> Event:
    return EventFactory.create(published=True, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10))


def as_(api: APIClient, user: User | None) -> APIClient:
    api.force_authenticate(user)
    return api


def body(night: Event, **fields: Any) -> dict[str, Any]:
    return {"kind": "event", "id": night.public_id, "reason": "spam", **fields}


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_anybody_reports_and_twice_is_once(api: APIClient, night: Event, fan: User) -> None:
    assert api.post(REPORTS, body(night), format="json").status_code == 201
    first = as_(api, fan).post(REPORTS, body(night, words="Not real."), format="json")
    again = api.post(REPORTS, body(night, reason="hate"), format="json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["data"] == again.json()["data"]
    assert first.json()["data"]["subject"] == {"kind": "event", "id": night.public_id}
    listed = api.get(REPORTS).json()["data"]
    assert [(each["words"], each["standing"]) for each in listed] == [("Not real.", "open")]


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"kind": "weather"}, (422, "VALIDATION_ERROR")),
        ({"reason": "boring"}, (422, "VALIDATION_ERROR")),
        ({"id": "0" * 16}, (404, "NOT_FOUND")),
        ({"colour": "red"}, (422, "UNKNOWN_FIELD")),
        ({"words": "x" * 2001}, (422, "VALIDATION_ERROR")),
    ],
)
def test_what_cannot_be_reported(api: APIClient, night: Event, change: dict[str, str], answer: tuple[int, str]) -> None:
    assert code(api.post(REPORTS, body(night, **change), format="json")) == answer


def test_ones_own_and_whose_reports(api: APIClient, night: Event) -> None:
    assert code(api.get(REPORTS)) == (401, "AUTH_REQUIRED")
    assert code(as_(api, night.owner).post(REPORTS, body(night), format="json")) == (409, "OWN_THING")


def test_from_report_to_answer(api: APIClient, night: Event, admin_user: User) -> None:
    api.post(REPORTS, body(night), format="json")
    queue = as_(api, admin_user).get(QUEUE, {"state": "open"}).json()["data"]
    (row,) = queue
    assert (row["subject"]["id"], row["priority"], row["version"]) == (night.public_id, 2, 1)
    address = f"{QUEUE}/{row['id']}"
    whole = api.get(address).json()["data"]
    assert [(each["reporter"], each["reason"]) for each in whole["reports"]] == [(None, "spam")]
    step = {"verdict": "remove", "reason": "spam", "words": "It sells nothing.", "version": 1}
    assert code(api.post(f"{address}/decisions", {**step, "version": 9}, format="json")) == (412, "STALE_VERSION")
    decided = api.post(f"{address}/decisions", step, format="json").json()["data"]
    assert (decided["state"], decided["decisions"][0]["verdict"]) == ("decided", "remove")
    assert code(as_(api, None).get(f"/api/v1/events/{night.public_id}")) == (404, "NOT_FOUND")

    mine = as_(api, night.owner).get("/api/v1/decisions").json()["data"]
    assert [(each["verdict"], each["words"], each["appeal"]) for each in mine] == [
        ("remove", "It sells nothing.", None)
    ]
    appeal = f"/api/v1/decisions/{mine[0]['id']}/appeal"
    assert api.post(appeal, {"words": "It does."}, format="json").status_code == 201
    assert code(api.post(appeal, {"words": "It does."}, format="json")) == (409, "APPEALED_ALREADY")

    other = UserFactory.create(role=Role.ADMIN)
    answered = {"outcome": "overturned", "words": "Right.", "version": 3}
    assert code(as_(api, admin_user).post(f"{address}/answer", answered, format="json")) == (
        403,
        "ANOTHER_ADMIN_NEEDED",
    )
    assert as_(api, other).post(f"{address}/answer", answered, format="json").json()["data"]["state"] == "closed"
    assert as_(api, None).get(f"/api/v1/events/{night.public_id}").status_code == 200


@pytest.mark.parametrize("who", ["nobody", "fan", "organizer", "developer"])
def test_the_queue_is_for_admins(
    api: APIClient, night: Event, who: str, fan: User, organizer: User, developer: User
) -> None:
    api.post(REPORTS, body(night), format="json")
    address = f"{QUEUE}/{Case.objects.get().public_id}"
    user = {"nobody": None, "fan": fan, "organizer": organizer, "developer": developer}[who]
    refused = 401 if user is None else 403
    as_(api, user)
    assert api.get(QUEUE).status_code == api.get(address).status_code == refused
    step = {"verdict": "remove", "reason": "spam", "words": "x", "version": 1}
    assert api.post(f"{address}/decisions", step, format="json").status_code == refused
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_lists_take_as_many_queries_for_three_as_for_one(
    api: APIClient, fan: User, admin_user: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(number):
        case = Case.objects.create(
            subject_type="events.event", subject_id=EventFactory.create().public_id, owner=fan, opened_at=NOW
        )
        Report.objects.create(case=case, reporter=fan, reason="spam", points=1, at=NOW)
        Decision.objects.create(case=case, verdict="hold", reason="spam", words="x", at=NOW)
    as_(api, fan)
    with django_assert_num_queries(1):
        assert len(api.get(REPORTS).json()["data"]) == number
    with django_assert_num_queries(1):
        assert len(api.get("/api/v1/decisions").json()["data"]) == number
    as_(api, admin_user)
    with django_assert_num_queries(1):
        assert len(api.get(QUEUE).json()["data"]) == number
