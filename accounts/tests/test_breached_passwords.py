"""New passwords are looked up among breached ones, at a server that speaks the range API of Pwned Passwords."""

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.breached_passwords import BreachList
from accounts.models import User
from accounts.passwords import require_strong
from accounts.services.passwords import set_password
from accounts.services.resetting import reset_key
from accounts.services.signing_up import grant_account, sign_up
from accounts.tests.factories import PASSWORD, confirm_email
from config.lib.errors import ValidationError
from config.tests.fixtures import acting

BREACHED = "Tr0ub4dor&3 is everywhere"
GOOD = "nobody has thought of this yet"


class Range(BaseHTTPRequestHandler):
    """`GET /range/<prefix>`: lines of `<suffix>:<count>`, padding with a count of 0 among them when asked for."""

    answers: str = "list"
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        type(self).asked.append((self.path, self.headers.get("Add-Padding", "")))
        if self.answers == "late":
            time.sleep(1.0)
        prefix, digest = self.path.removeprefix("/range/"), hashlib.sha1(BREACHED.encode()).hexdigest().upper()
        lines = [f"{'0' * 34}{number}:0" for number in range(3)]
        if digest.startswith(prefix):
            lines.append(f"{digest[5:]}:1,234")
        body = "\r\n".join(lines).encode() if self.answers != "nonsense" else b"<html>\r\nnot a list"
        self.send_response(503 if self.answers == "broken" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_what: object) -> None:
        """Not in the output of the tests."""


@pytest.fixture
def server(settings: Settings) -> Iterator[type[Range]]:
    class Own(Range):
        asked: list[tuple[str, str]] = []  # of this class alone, which lives for one test

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.BREACHED_PASSWORDS_URL = f"http://127.0.0.1:{listening.server_port}/range/"
    settings.PWNED_PASSWORDS = {"API_TIMEOUT": 0.2}
    settings.AUTH_PASSWORD_VALIDATORS = [
        *settings.AUTH_PASSWORD_VALIDATORS,
        {"NAME": "accounts.breached_passwords.BreachedPasswordValidator"},
    ]
    yield Own
    listening.shutdown()
    listening.server_close()


def codes(password: str) -> list[str]:
    try:
        require_strong(password, user=User(email="fay.fan@example.test", name="Fay Fanning"))
    except ValidationError as refusal:
        return [detail.code for detail in refusal.details]
    return []


def test_a_breached_password_is_refused_and_another_is_not(server: type[Range]) -> None:
    assert codes(BREACHED) == ["password_breached"]
    assert codes(GOOD) == []


def test_only_the_first_five_characters_of_the_digest_leave_the_house(server: type[Range]) -> None:
    codes(BREACHED)
    assert server.asked == [(f"/range/{hashlib.sha1(BREACHED.encode()).hexdigest().upper()[:5]}", "true")]


def test_a_form_and_the_service_behind_it_ask_once(server: type[Range]) -> None:
    codes(GOOD)
    codes(GOOD)
    assert len(server.asked) == 1


@pytest.mark.parametrize("answers", ["broken", "late", "nonsense"])
def test_whoever_cannot_be_asked_refuses_nobody_and_the_log_says_so(
    server: type[Range], answers: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers = answers
    started = time.monotonic()
    assert codes(BREACHED) == []
    assert time.monotonic() - started < 0.9
    lines = [record for record in caplog.records if "breach_list_away" in str(record.msg)]
    assert [record.levelname for record in lines] == ["WARNING"]
    assert BREACHED not in caplog.text
    assert codes("password") == ["password_too_common"], "the other rules stand"


def test_a_failure_is_not_remembered(server: type[Range]) -> None:
    server.answers = "broken"
    assert codes(BREACHED) == []
    server.answers = "list"
    assert codes(BREACHED) == ["password_breached"]


def by_page(user: User, now: datetime) -> int:
    return (
        Client()
        .post(reverse("account_signup"), {"email": "new@example.test", "password1": BREACHED, "role": "fan"})
        .status_code
    )


def by_reset(user: User, now: datetime) -> int:
    sent = {"key": reset_key(user=user), "password": BREACHED}
    return int(APIClient().post(reverse("accounts:new-password"), sent, format="json").status_code)


def by_api(user: User, now: datetime) -> int:
    sent = {"email": "new@example.test", "password": BREACHED}
    return int(APIClient().post(reverse("accounts:sign-up"), sent, format="json").status_code)


def by_change(user: User, now: datetime) -> int:
    api = APIClient()
    api.force_authenticate(user)
    sent = {"old_password": PASSWORD, "password": BREACHED}
    return int(api.post(reverse("accounts:change-password"), sent, format="json").status_code)


def by_services(user: User, now: datetime) -> int:
    ways: list[Callable[..., Any]] = [sign_up, grant_account]
    for way in ways:
        with pytest.raises(ValidationError):
            way(
                actor=acting(User(role="admin")),
                email="n@example.test",
                password=BREACHED,
                name="",
                role="fan",
                now=now,
            )
    with pytest.raises(ValidationError):
        set_password(actor=acting(user), user=user, password=BREACHED, now=now)
    return 422


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", [by_page, by_reset, by_api, by_change, by_services])
def test_every_way_to_a_new_password_asks_outside_any_transaction(
    server: type[Range], fan: User, now: datetime, way: Callable[[User, datetime], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    confirm_email(fan)
    inside: list[bool] = []
    real = BreachList.check_password

    def watched(breaches: BreachList, password: str) -> int:
        inside.append(connection.in_atomic_block)
        return int(real(breaches, password))

    monkeypatch.setattr(BreachList, "check_password", watched)
    assert way(fan, now) in {200, 422}
    assert inside
    assert not any(inside)
    assert User.objects.count() == 1
    fan.refresh_from_db()
    assert fan.check_password(PASSWORD)


def test_passwords_are_hashed_as_owasp_asks_at_least() -> None:
    """OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB of memory, two passes and one lane, or more."""
    hashed = Argon2PasswordHasher().encode(PASSWORD, "saltsaltsalt")
    algorithm, variety, _version, parameters = hashed.split("$")[:4]
    costs = dict(each.split("=") for each in parameters.split(","))
    assert (algorithm, variety) == ("argon2", "argon2id")
    assert int(costs["m"]) >= 19 * 1024
    assert int(costs["t"]) >= 2
    assert int(costs["p"]) >= 1


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("fay.fan@example.test", "password_too_similar"),
        ("Fay Fanning", "password_too_similar"),
        ("a long sentence of nobody's", None),
        ("password1", "password_too_common"),
        ("fewxq7k", "password_too_short"),
        ("x" * 129, "password_too_long"),
    ],
)
def test_passwords_that_are_like_the_person_or_like_everybodys_are_refused(password: str, why: str | None) -> None:
    assert codes(password) == ([why] if why else [])
