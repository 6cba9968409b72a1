"""Idempotency keys: once, the same answer twice, and never two at the same moment."""

import json
import threading
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from accounts import idempotency
from accounts.actors import actor_of
from accounts.audit import record
from accounts.idempotency import idempotent
from accounts.models import AuditEntry, IdempotencyKey, User
from accounts.tests.factories import UserFactory
from accounts.tests.racing import racers, until_blocked_or_done
from config.lib.api.views import PUBLIC, ApiView
from config.lib.errors import Conflict


class Buying(ApiView):
    """Each call that takes effect leaves one audit entry."""

    scopes: ClassVar = {"POST": PUBLIC}
    refuse: ClassVar = False
    gate: ClassVar[threading.Event | None] = None
    inside: ClassVar[threading.Event | None] = None

    @idempotent
    def post(self, request: Request, place: str = "here") -> Response:
        now = timezone.now()
        entry = record(actor=actor_of(request), action="test.buy", subject=UserFactory.build(), now=now)
        if self.refuse:
            raise Conflict
        if self.inside and self.gate:
            self.inside.set()
            assert self.gate.wait(timeout=60)
        data = {"bought": entry.public_id, "at": now, "place": place}
        return Response(data, status=201, headers={"Location": f"/bought/{entry.public_id}", "ETag": '"x.1"'})


@pytest.fixture(autouse=True)
def _an_address_to_count(db: None) -> None:
    """The database, for every test here."""


def buy(user: User | None, key: str | None = "k1", body: Any = None, *, path: str = "/buy", view: Any = None) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    request = APIRequestFactory().post(path, body or {"quantity": 1}, format="json", headers=headers)
    force_authenticate(request, user)
    response = (view or Buying.as_view())(request)
    response.render()
    return response


def effects() -> int:
    return AuditEntry.objects.filter(action="test.buy").count()


def answer(response: Any) -> tuple[int, Any, str, str]:
    return response.status_code, json.loads(response.content)["data"], response["Location"], response["ETag"]


def code(response: Any) -> tuple[int, str]:
    return response.status_code, json.loads(response.content)["error"]["code"]


def test_repeat_gets_the_first_answer_with_its_headers_and_has_no_effect(fan: User) -> None:
    first, second = buy(fan), buy(fan)
    assert answer(first) == answer(second)
    assert first.status_code == 201
    assert effects() == 1


def test_spelling_of_the_body_does_not_matter(fan: User) -> None:
    first = buy(fan, body={"a": 1, "b": [1, 2]})
    assert answer(buy(fan, body={"b": [1, 2], "a": 1})) == answer(first)


def test_without_a_key_every_request_counts(fan: User) -> None:
    buy(fan, None)
    buy(fan, None)
    assert effects() == 2
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("other", [{"body": {"quantity": 2}}, {"path": "/another"}])
def test_same_key_with_another_request_is_a_mismatch(fan: User, other: dict[str, Any]) -> None:
    buy(fan)
    assert code(buy(fan, **other)) == (409, "IDEMPOTENCY_MISMATCH")
    assert effects() == 1


def test_keys_are_each_users_own(fan: User, outsider: User) -> None:
    for user in (fan, outsider, None):
        assert buy(user).status_code == 201
    assert effects() == 3
    assert set(IdempotencyKey.objects.values_list("principal", flat=True)) == {
        f"user:{fan.pk}",
        f"user:{outsider.pk}",
        "anonymous",
    }


def test_refusal_is_not_kept_and_leaves_nothing(fan: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Buying, "refuse", True)
    assert code(buy(fan)) == (409, "CONFLICT")
    assert effects() == 0
    assert not IdempotencyKey.objects.exists()
    monkeypatch.setattr(Buying, "refuse", False)
    assert buy(fan).status_code == 201


def test_answer_that_says_no_without_raising_is_not_kept_either(fan: User) -> None:
    class Saying(Buying):
        @idempotent
        def post(self, request: Request, place: str = "here") -> Response:
            record(actor=actor_of(request), action="test.buy", subject=UserFactory.build(), now=timezone.now())
            return Response({"no": True}, status=409)

    assert buy(fan, view=Saying.as_view()).status_code == 409
    assert effects() == 0
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "a\tb"])
def test_unreadable_key_is_malformed(fan: User, key: str) -> None:
    assert code(buy(fan, key)) == (400, "MALFORMED")
    assert effects() == 0


def test_key_may_be_used_again_after_24_hours(fan: User) -> None:
    first = buy(fan)
    with time_machine.travel(timezone.now() + idempotency.KEPT_FOR - timedelta(minutes=1)):
        assert answer(buy(fan)) == answer(first)
    with time_machine.travel(timezone.now() + idempotency.KEPT_FOR + timedelta(minutes=1)):
        again = buy(fan, body={"quantity": 2})
    assert again.status_code == 201
    assert answer(again) != answer(first)
    assert effects() == 2
    assert IdempotencyKey.objects.count() == 1


def _race(monkeypatch: pytest.MonkeyPatch, *, refuse_first: bool = False) -> list[Any]:
    """The second request arrives while the first has done its work and has not committed."""
    user = UserFactory.create()
    gate, inside = threading.Event(), threading.Event()

    class First(Buying):
        pass

    First.gate, First.inside = gate, inside
    with racers() as pool:
        first = pool.start(buy, user, view=First.as_view())
        assert inside.wait(timeout=60)
        second = pool.start(buy, user)
        until_blocked_or_done(second)
        monkeypatch.setattr(First, "refuse", refuse_first)
        gate.set()
        return [first.result(), second.result()]


@pytest.mark.django_db(transaction=True)
def test_concurrent_repeat_waits_and_gets_the_same_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = _race(monkeypatch)
    assert answer(first) == answer(second)
    assert effects() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_claim_both_take_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Buying, "post", Buying.post.__wrapped__)  # type: ignore[attr-defined]  # set by functools.wraps
    first, second = _race(monkeypatch)
    assert answer(first) != answer(second)
    assert effects() == 2
