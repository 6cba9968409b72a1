"""What every API address does alike, on addresses made up for it."""

from typing import Any

import pytest
import redis
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from config.lib import redis as our_redis

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.lib.tests.addresses")]

THINGS = "/api/v1/things"


def error(answer: Any) -> tuple[int, str]:
    assert answer.json()["data"] is None
    assert answer.json()["meta"]["request_id"] == answer["X-Request-Id"]
    return answer.status_code, answer.json()["error"]["code"]


def send(api: APIClient, body: bytes, content_type: str = "application/json", **headers: str) -> Any:
    return api.post(THINGS, body, content_type=content_type, headers=headers)


def test_success_is_an_envelope_with_the_request_id(api: APIClient) -> None:
    answer = api.get(f"{THINGS}/abc", headers={"X-Request-ID": "from-the-client"})

    assert answer.json() == {
        "data": {"id": "abc", "name": "thing", "version": 3},
        "meta": {"request_id": "from-the-client"},
        "error": None,
    }
    assert answer["X-Request-Id"] == "from-the-client"
    assert answer["Cache-Control"] == "no-store"


def test_a_request_id_that_is_not_sane_is_replaced(api: APIClient) -> None:
    answer = api.get(f"{THINGS}/abc", headers={"X-Request-ID": "a b"})

    assert len(answer["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": "\xed\xa0\x80"}',
        b"1" * 5_000,
    ],
)
def test_malformed_json_is_400(api: APIClient, body: bytes) -> None:
    assert error(send(api, body)) == (400, "MALFORMED")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"]
)
def test_another_content_type_is_415(api: APIClient, kind: str) -> None:
    assert error(send(api, b"name=x", kind)) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_large_body_is_413(api: APIClient, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    assert error(send(api, b'{"name": "' + b"x" * 91 + b'"}')) == (413, "PAYLOAD_TOO_LARGE")
    assert error(send(api, b'{"name": "' + b"x" * 88 + b'"}'))[0] == 422


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
def test_a_format_we_do_not_speak_is_406(api: APIClient, accept: str) -> None:
    assert error(api.get(f"{THINGS}/abc", headers={"Accept": accept})) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("accept", ["", "*/*", "application/*", "text/html, */*;q=0.1"])
def test_anyone_who_takes_json_gets_json(api: APIClient, accept: str) -> None:
    assert api.get(f"{THINGS}/abc", headers={"Accept": accept} if accept else {}).status_code == 200


def test_a_format_parameter_is_ignored(api: APIClient) -> None:
    assert api.get(f"{THINGS}/abc?format=csv&utm_source=mail").status_code == 200


def test_another_method_is_405_with_allow(api: APIClient) -> None:
    answer = api.delete(f"{THINGS}/abc")

    assert error(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer["Allow"] == "GET, PATCH, HEAD, OPTIONS"


def test_unknown_fields_are_named(api: APIClient) -> None:
    answer = api.post(THINGS, {"name": "x", "nmae": "y"}, format="json")

    assert error(answer) == (422, "UNKNOWN_FIELD")
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == ["nmae"]


def test_invalid_values_are_named_by_path(api: APIClient) -> None:
    answer = api.post(THINGS, {"name": "x" * 11, "seats": [{"row": 1}, {"row": 0}]}, format="json")

    assert error(answer) == (422, "VALIDATION_ERROR")
    fields = {detail["field"]: detail["code"] for detail in answer.json()["error"]["details"]}
    assert fields == {"name": "max_length", "seats.1.row": "min_value"}


@pytest.mark.parametrize("body", [[], "text", 3, None, True])
def test_a_body_that_is_no_object_is_422(api: APIClient, body: Any) -> None:
    assert error(api.post(THINGS, body, format="json"))[0] == 422


def test_patch_takes_a_part(api: APIClient) -> None:
    assert api.patch(f"{THINGS}/abc", {}, format="json").json()["data"] == {}


def test_a_refusal_carries_its_details_and_retry_after(api: APIClient, fan: User) -> None:
    api.force_authenticate(fan)

    answer = api.delete(THINGS)

    assert error(answer) == (409, "CONFLICT")
    assert answer["Retry-After"] == "3"
    assert answer.json()["error"]["details"] == [{"field": "name", "code": "taken", "message": "Taken."}]


def test_without_credentials_401_says_how(api: APIClient) -> None:
    answer = api.delete(THINGS)

    assert error(answer) == (401, "AUTH_REQUIRED")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_role_without_the_scope_is_403(api: APIClient, fan: User, organizer: User) -> None:
    api.force_authenticate(fan)
    assert error(api.put(THINGS)) == (403, "INSUFFICIENT_SCOPE")

    api.force_authenticate(organizer)
    assert api.put(THINGS).status_code == 200


def test_a_method_that_names_no_scope_is_refused_to_everyone(api: APIClient, admin_user: User) -> None:
    api.force_authenticate(admin_user)

    assert error(api.patch(THINGS)) == (403, "FORBIDDEN")


def test_a_fault_is_500_without_internals(api: APIClient) -> None:
    api.raise_request_exception = False

    answer = api.get("/api/v1/broken")

    assert error(answer) == (500, "INTERNAL_ERROR")
    assert "secret" not in answer.content.decode()


def test_204_has_no_body(api: APIClient) -> None:
    answer = api.post("/api/v1/nothing")

    assert (answer.status_code, answer.content) == (204, b"")


class TestEtags:
    def test_a_known_state_is_304_without_body(self, api: APIClient) -> None:
        etag = api.get(f"{THINGS}/abc")["ETag"]

        answer = api.get(f"{THINGS}/abc", headers={"If-None-Match": etag})

        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", '"abc.3"')

    @pytest.mark.parametrize("tags", ['W/"abc.3"', '"other.1", "abc.3"', "*"])
    def test_weak_listed_and_any_match(self, api: APIClient, tags: str) -> None:
        assert api.get(f"{THINGS}/abc", headers={"If-None-Match": tags}).status_code == 304

    @pytest.mark.parametrize("tags", ['"abc.2"', "abc.3", '"abd.3"', ""])
    def test_other_states_are_answered(self, api: APIClient, tags: str) -> None:
        assert api.get(f"{THINGS}/abc", headers={"If-None-Match": tags}).status_code == 200


class TestLists:
    @pytest.fixture(autouse=True)
    def _people(self) -> None:
        for name in ("b", "c", "a"):
            UserFactory.create(name=name)

    def names(self, answer: Any) -> list[str]:
        return [row["name"] for row in answer.json()["data"]]

    def test_pages_follow_their_cursors_both_ways(self, api: APIClient) -> None:
        first = api.get(THINGS, {"limit": 2})
        second = api.get(THINGS, {"limit": 2, "cursor": first.json()["meta"]["next"]})
        back = api.get(THINGS, {"limit": 2, "cursor": second.json()["meta"]["previous"]})

        assert (self.names(first), self.names(second), self.names(back)) == (["a", "c"], ["b"], ["a", "c"])
        assert second.json()["meta"]["next"] is None
        assert back.json()["meta"]["previous"] is None

    def test_an_ordering_of_the_list_is_followed(self, api: APIClient) -> None:
        assert self.names(api.get(THINGS, {"ordering": "-name"})) == ["c", "b", "a"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("ordering", "password"), ("cursor", "x"), ("cursor", "\0"), ("limit", "101"), ("limit", "x")],
    )
    def test_a_bad_parameter_is_named(self, api: APIClient, name: str, value: str) -> None:
        answer = api.get(THINGS, {name: value})

        assert error(answer) == (400, "MALFORMED")
        assert answer.json()["error"]["details"][0]["field"] == name


class TestLimits:
    @pytest.fixture
    def away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lost = redis.Redis(host="127.0.0.1", port=1)
        monkeypatch.setattr(our_redis, "sync_client", lambda: lost)

    def test_every_answer_says_what_is_left(self, api: APIClient, settings: Settings) -> None:
        settings.LIMITS = {**settings.LIMITS, "anonymous": (2, 60)}

        left = [api.get(f"{THINGS}/abc")["RateLimit-Remaining"] for _ in range(2)]
        refused = api.get(f"{THINGS}/abc")

        assert left == ["1", "0"]
        assert error(refused) == (429, "RATE_LIMIT_EXCEEDED")
        assert refused["RateLimit-Limit"] == "2"
        assert 0 < int(refused["Retry-After"]) <= 60
        assert refused["Retry-After"] == refused["RateLimit-Reset"]

    def test_a_user_has_a_limit_of_their_own(self, api: APIClient, fan: User, settings: Settings) -> None:
        settings.LIMITS = {**settings.LIMITS, "anonymous": (1, 60), "user": (5, 60)}
        api.get(f"{THINGS}/abc")
        api.force_authenticate(fan)

        assert api.get(f"{THINGS}/abc")["RateLimit-Remaining"] == "4"

    def test_a_named_limit_replaces_the_general_one(self, api: APIClient, settings: Settings) -> None:
        settings.LIMITS = {**settings.LIMITS, "sign_in": (7, 60)}

        assert api.post("/api/v1/nothing")["RateLimit-Limit"] == "7"

    def test_while_redis_is_away_requests_pass(self, api: APIClient, away: None) -> None:
        answer = api.get(f"{THINGS}/abc")

        assert answer.status_code == 200
        assert "RateLimit-Limit" not in answer

    def test_while_redis_is_away_a_closed_limit_refuses(self, api: APIClient, away: None) -> None:
        answer = api.post("/api/v1/nothing")

        assert error(answer) == (503, "UNAVAILABLE")
        assert int(answer["Retry-After"]) > 0
