"""Verifying a phone: the service and the API. What sends the text is messaging's, and tested there."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.actors import Credential
from accounts.models import MOST_ATTEMPTS, AuditEntry, PhoneCode, User
from accounts.services import phones
from accounts.services.phones import (
    PhoneAlreadyVerified,
    PhoneCodeExpired,
    PhoneCodeWrong,
    PhoneTaken,
    ask_for_code,
    confirm_code,
    pending_code,
)
from accounts.services.profile import edit_profile
from accounts.tests.factories import UserFactory
from accounts.texting import PhoneOptedOut
from config.lib import redis
from config.lib.errors import InsufficientScope, RateLimitExceeded, Unavailable, ValidationError
from config.tests.fixtures import acting

VERIFY = reverse("accounts:verify-phone")
PHONE = "+12025550123"


@dataclass
class Texts:
    """A backend that keeps what it was given."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    refusal: Exception | None = None

    def text_secret(self, **text: Any) -> None:
        if self.refusal:
            raise self.refusal
        self.sent.append(text)

    @property
    def code(self) -> str:
        return str(self.sent[-1]["text"][:6])

    @property
    def wrong(self) -> str:
        return f"{(int(self.code) + 1) % 10**6:06}"


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Texts:
    kept = Texts()
    monkeypatch.setattr(phones, "text_backend", lambda: kept)
    return kept


def ask(user: User, now: datetime, phone: str | None = PHONE) -> None:
    ask_for_code(actor=acting(user), phone=phone, now=now)


def confirm(user: User, code: str, now: datetime) -> User:
    return confirm_code(actor=acting(user), code=code, now=now)


# --- Asking ---------------------------------------------------------------------------------------------------------------


def test_a_code_is_texted_and_kept_only_as_a_hash(fan: User, now: datetime, texts: Texts) -> None:
    User.objects.filter(pk=fan.pk).update(language="es")
    fan.refresh_from_db()
    ask(fan, now)
    (text,) = texts.sent
    code = PhoneCode.objects.get()
    assert (text["phone"], text["language"], text["expires_at"]) == (PHONE, "es", now + timedelta(minutes=10))
    assert texts.code.isdecimal()
    assert texts.code not in str(vars(code))
    assert AuditEntry.objects.get().facts == {}
    fan.refresh_from_db()
    assert (fan.phone, fan.phone_verified_at) == ("", None)


def test_the_profiles_phone_is_meant_where_none_is_named(fan: User, now: datetime, texts: Texts) -> None:
    with pytest.raises(ValidationError):
        ask(fan, now, None)
    edit_profile(actor=acting(fan), phone=PHONE, now=now)
    fan.refresh_from_db()
    ask(fan, now, None)
    assert texts.sent[0]["phone"] == PHONE


@pytest.mark.parametrize(
    "phone", ["hello", "12", "", "+44 909 8790000", "+1 800 555 0100", "+1 900 555 0100", "+44 7012 345678", "112"]
)
def test_numbers_that_nobody_should_text_are_refused(fan: User, now: datetime, texts: Texts, phone: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ask(fan, now, phone)
    assert [detail.field for detail in refusal.value.details] == ["phone"]
    assert texts.sent == []


def test_what_the_phone_wants_is_respected_and_nothing_is_left(fan: User, now: datetime, texts: Texts) -> None:
    texts.refusal = PhoneOptedOut()
    with pytest.raises(PhoneOptedOut):
        ask(fan, now)
    assert not PhoneCode.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("limit", ["phone_code_account", "phone_code_number", "phone_code_address"])
def test_codes_are_limited(fan: User, now: datetime, texts: Texts, settings: Settings, limit: str) -> None:
    settings.LIMITS = {**settings.LIMITS, limit: (2, 60)}
    for number in (1, 2):
        other = UserFactory.create() if limit == "phone_code_number" else fan
        ask(other, now, PHONE if limit == "phone_code_number" else f"+1202555010{number}")
    with pytest.raises(RateLimitExceeded) as refusal:
        ask(fan, now)
    assert refusal.value.retry_after
    assert len(texts.sent) == 2


def test_who_moves_about_in_a_network_is_counted_as_one(
    fan: User, now: datetime, texts: Texts, settings: Settings
) -> None:
    settings.LIMITS = {**settings.LIMITS, "phone_code_address": (2, 60)}
    for number in (1, 2, 3):
        actor = replace(acting(UserFactory.create()), address=f"2001:db8::{number}")
        if number <= 2:
            ask_for_code(actor=actor, phone=f"+1202555010{number}", now=now)
    with pytest.raises(RateLimitExceeded):
        ask_for_code(actor=actor, phone=PHONE, now=now)


def test_no_text_leaves_while_nobody_can_count(
    fan: User, now: datetime, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise redis.AWAY[0]

    monkeypatch.setattr(redis, "sync_client", away)
    with pytest.raises(Unavailable):
        ask(fan, now)
    assert texts.sent == []


# --- Confirming -----------------------------------------------------------------------------------------------------------


def test_the_code_makes_the_phone_the_accounts_own(fan: User, now: datetime, texts: Texts) -> None:
    ask(fan, now)
    user = confirm(fan, texts.code, now + timedelta(minutes=9))
    assert (user.phone, user.phone_verified_at, user.version) == (PHONE, now + timedelta(minutes=9), 2)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "user.ask_phone_code",
        "user.verify_phone",
    ]
    with pytest.raises(PhoneCodeExpired):
        confirm(fan, texts.code, now)
    with pytest.raises(PhoneAlreadyVerified):
        ask(user, now)
    edit_profile(actor=acting(user), phone="+12025550124", now=now)
    user.refresh_from_db()
    assert user.phone_verified_at is None


def test_a_code_works_for_ten_minutes(fan: User, now: datetime, texts: Texts) -> None:
    ask(fan, now)
    assert pending_code(user=fan, now=now + timedelta(minutes=9))
    assert pending_code(user=fan, now=now + timedelta(minutes=10)) is None
    with pytest.raises(PhoneCodeExpired):
        confirm(fan, texts.code, now + timedelta(minutes=10))


def test_a_code_is_its_accounts_alone(fan: User, outsider: User, now: datetime, texts: Texts) -> None:
    ask(outsider, now)
    with pytest.raises(PhoneCodeExpired):
        confirm(fan, texts.code, now)
    ask(fan, now, "+12025550124")
    with pytest.raises(PhoneCodeWrong):
        confirm(fan, str(texts.sent[0]["text"][:6]) if texts.sent[0]["text"][:6] != texts.code else texts.wrong, now)


def test_the_code_before_works_no_more(fan: User, now: datetime, texts: Texts) -> None:
    ask(fan, now)
    before = texts.code
    while texts.code == before:
        redis.sync_client().flushdb()
        ask(fan, now)
    with pytest.raises(PhoneCodeWrong):
        confirm(fan, before, now)
    assert confirm(fan, texts.code, now).phone == PHONE


def test_after_five_wrong_ones_the_right_one_is_wrong(fan: User, now: datetime, texts: Texts) -> None:
    ask(fan, now)
    for _time in range(MOST_ATTEMPTS):
        with pytest.raises(PhoneCodeWrong):
            confirm(fan, texts.wrong, now)
    with pytest.raises(PhoneCodeExpired):
        confirm(fan, texts.code, now)
    assert pending_code(user=fan, now=now) is None


def test_a_phone_of_another_account_stays_theirs_and_nobody_learns_whose(
    fan: User, outsider: User, now: datetime, texts: Texts
) -> None:
    ask(outsider, now)
    confirm(outsider, texts.code, now)
    ask(fan, now)  # as for any other phone
    with pytest.raises(PhoneTaken) as refusal:
        confirm(fan, texts.code, now)
    assert outsider.email not in str(refusal.value)
    fan.refresh_from_db()
    assert (fan.phone, fan.phone_verified_at) == ("", None)


def at_once(number: int, work: Any) -> list[str]:
    """What `number` threads got at the same moment: the name of the refusal, or "done"."""
    together, said = Barrier(number), []

    def one(index: int) -> None:
        together.wait()
        try:
            work(index)
            said.append("done")
        except (PhoneCodeExpired, PhoneCodeWrong) as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=one, args=[index]) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_of_many_guesses_at_once_five_are_looked_at(transactional_db: None, now: datetime, texts: Texts) -> None:
    user = UserFactory.create()
    ask(user, now)
    said = at_once(12, lambda _index: confirm(user, texts.wrong, now))
    assert sorted(said) == ["PHONE_CODE_EXPIRED"] * 7 + ["PHONE_CODE_WRONG"] * 5
    assert PhoneCode.objects.get().attempts == MOST_ATTEMPTS


def test_the_right_code_twice_at_once_counts_once(transactional_db: None, now: datetime, texts: Texts) -> None:
    user = UserFactory.create()
    ask(user, now)
    assert sorted(at_once(3, lambda _index: confirm(user, texts.code, now))) == [
        "PHONE_CODE_EXPIRED",
        "PHONE_CODE_EXPIRED",
        "done",
    ]
    assert AuditEntry.objects.filter(action="user.verify_phone").count() == 1


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"attempts": MOST_ATTEMPTS + 1}, "phone_code_few_attempts"),
        ({"phone": "12"}, "phone_code_e164"),
        ({"expires_at": datetime.fromisoformat("2020-01-01T00:00Z")}, "phone_code_expires_after_start"),
    ],
)
def test_the_database_refuses(fan: User, now: datetime, texts: Texts, change: dict[str, Any], constraint: str) -> None:
    ask(fan, now)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PhoneCode.objects.update(**change)


# --- The API --------------------------------------------------------------------------------------------------------------


def test_two_shapes_of_one_address(api: APIClient, fan: User, texts: Texts) -> None:
    api.force_authenticate(fan)
    asked = api.post(VERIFY, {"phone": "+1 202 555 0123"})
    assert (asked.status_code, asked.json()["data"]["phone"]) == (202, PHONE)
    wrong = api.post(VERIFY, {"code": texts.wrong})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "PHONE_CODE_WRONG")
    right = api.post(VERIFY, {"code": f" {texts.code} "})
    data = right.json()["data"]
    assert (right.status_code, data["phone"], data["phone_verified"]) == (200, PHONE, True)
    assert right["ETag"] == f'"{fan.public_id}.2"'


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "VALIDATION_ERROR"),
        ({"phone": PHONE, "code": "123456"}, 422, "VALIDATION_ERROR"),
        ({"code": "12345"}, 422, "VALIDATION_ERROR"),
        ({"code": "١٢٣٤٥٦"}, 409, "PHONE_CODE_EXPIRED"),
        ({"code": "123456"}, 409, "PHONE_CODE_EXPIRED"),
        ({"number": PHONE}, 422, "UNKNOWN_FIELD"),
        ({"phone": None}, 422, "VALIDATION_ERROR"),
    ],
)
def test_other_bodies_are_refused(
    api: APIClient, fan: User, texts: Texts, body: dict[str, Any], status: int, code: str
) -> None:
    api.force_authenticate(fan)
    response = api.post(VERIFY, body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_no_key_verifies_a_phone(api: APIClient, fan: User, now: datetime) -> None:
    assert api.post(VERIFY, {}).status_code == 401
    api.force_authenticate(fan, Credential(scopes=frozenset({"profile:write"})))  # type: ignore[arg-type]  # any token
    assert api.post(VERIFY, {"phone": PHONE}).status_code == 403
    assert api.get(VERIFY).status_code == 405
    with pytest.raises(InsufficientScope):
        ask_for_code(actor=replace(acting(fan), scopes=frozenset({"profile:write"})), phone=PHONE, now=now)
