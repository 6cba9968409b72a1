"""Log-in, reset and sign-up say nothing about an account: not by words, not by status, not by the time they take.

What is measured: the medians of many rounds, each case once a round in random order, on this machine as busy as it is. But for
sign-up the password is hashed cheaply, so that the work around it shows the sooner. Two cases may differ by a quarter of the quicker one, or by three milliseconds; what the network adds is more.
"""

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.passwords import matches
from accounts.services import proving
from accounts.tests.factories import PASSWORD, UserFactory, confirm_email

ROUNDS = 25
RATIO, SECONDS = 1.25, 0.003
Ask = Callable[[str], Any]


def log_in_by_api(email: str) -> Any:
    return APIClient().post(reverse("accounts:log-in"), {"email": email, "password": "wrong"}, format="json")


def log_in_by_page(email: str) -> Any:
    return Client().post(reverse("account_login"), {"login": email, "password": "wrong"})


def reset_by_api(email: str) -> Any:
    return APIClient().post(reverse("accounts:reset-password"), {"email": email}, format="json")


def reset_by_page(email: str) -> Any:
    return Client().post(reverse("account_reset_password"), {"email": email})


def sign_up_by_page(email: str) -> Any:
    return Client().post(reverse("account_signup"), {"email": email, "password1": PASSWORD, "role": "fan"})


@pytest.fixture
def _cheap_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    for cost, value in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, cost, value)


@pytest.fixture(autouse=True)
def _room_for_many_rounds(settings: Settings) -> None:
    settings.SIGN_IN_FAILURES = 10**6
    settings.LIMITS = dict.fromkeys(settings.LIMITS, (10**6, 60))
    settings.ACCOUNT_RATE_LIMITS = {}


@pytest.fixture
def people(db: None) -> dict[str, str]:
    """One e-mail address of each kind."""
    active, inactive = UserFactory.create(), UserFactory.create()
    for user in (active, inactive):
        confirm_email(user)
        user.set_password(PASSWORD)
        user.save()
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    return {"known": active.email, "unknown": "nobody@example.test", "inactive": inactive.email}


def measured(ask: Ask, cases: dict[str, str], rounds: int = ROUNDS) -> dict[str, float]:
    """The median seconds of each case."""
    taken: dict[str, list[float]] = {case: [] for case in cases}
    for number in range(rounds + 2):
        for case in random.sample(list(cases), len(cases)):
            started = time.perf_counter()
            ask(cases[case])
            if number > 1:  # the first rounds fill caches
                taken[case].append(time.perf_counter() - started)
    return {case: statistics.median(seconds) for case, seconds in taken.items()}


def far_apart(medians: dict[str, float]) -> bool:
    quick, slow = min(medians.values()), max(medians.values())
    return slow > quick * RATIO and slow - quick > SECONDS


def tells(ask: Ask, cases: dict[str, str], rounds: int = ROUNDS) -> dict[str, float]:
    """The medians if they are far apart three times in a row, which a busy moment does not do; nothing otherwise."""
    for _attempt in range(3):
        medians = measured(ask, cases, rounds)
        print({case: f"{seconds * 1_000:.1f} ms" for case, seconds in medians.items()})  # noqa: T201  # shown with -s
        if not far_apart(medians):
            return {}
    return medians


@pytest.mark.usefixtures("_cheap_hasher")
@pytest.mark.parametrize("ask", [log_in_by_api, log_in_by_page, reset_by_api, reset_by_page])
def test_neither_words_nor_status_nor_time_tell(people: dict[str, str], ask: Ask) -> None:
    answers = {case: ask(email) for case, email in people.items()}
    assert len({answer.status_code for answer in answers.values()}) == 1
    assert len({answer.headers.get("Location") for answer in answers.values()}) == 1
    assert tells(ask, people) == {}


@pytest.mark.usefixtures("_cheap_hasher")
@pytest.mark.parametrize("ask", [log_in_by_api, log_in_by_page])
def test_a_lock_tells_nothing_either(people: dict[str, str], ask: Ask, settings: Settings) -> None:
    settings.SIGN_IN_FAILURES = 1
    answers = {case: ask(email) for case, email in people.items()}
    assert {answer.status_code for answer in answers.values()} == {429}
    assert tells(ask, people) == {}


def test_sign_up_takes_as_long_for_a_known_address(people: dict[str, str]) -> None:
    known, fresh = people["known"], iter(range(10_000))

    def ask(case: str) -> Any:
        return sign_up_by_page(known if case == "known" else f"new{next(fresh)}@example.test")

    assert tells(ask, {"known": "known", "new": "new"}, rounds=4) == {}


def test_control_a_check_that_stops_at_an_unknown_address_is_noticed(
    people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = matches
    monkeypatch.setattr(proving, "matches", lambda user, password: user is not None and real(user, password))
    assert tells(log_in_by_api, {case: people[case] for case in ("known", "unknown")}, rounds=2)
