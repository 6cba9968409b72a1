"""Asking to be forgotten, on the page and over the API. What comes of it is in config/tests/test_erasure.py."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import tasks
from accounts.models import Erasure, User
from accounts.personal_data import registered
from accounts.services.clients import open_client
from accounts.tests.factories import PASSWORD
from config.tests.fixtures import acting

PAGE, ADDRESS = "/me/privacy/erase/", "/api/v1/privacy/erase"


def test_the_page_says_what_goes_and_what_stays(fan: User, client: Client) -> None:
    client.force_login(fan)

    shown = client.get(PAGE).content.decode()

    for data in registered():
        for words in (*data.goes, *data.stays):
            assert escape(str(words)) in shown


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"email": "", "password": PASSWORD}, "This field is required."),
        ({"email": "somebody@else.test", "password": PASSWORD}, "This is not the address you sign in with."),
        ({"email": "fan", "password": "wrong"}, "This is not your password."),
        ({"email": "fan", "password": ""}, "This field is required."),
    ],
)
def test_a_slip_erases_nobody(fan: User, client: Client, typed: dict[str, str], wrong: str) -> None:
    client.force_login(fan)
    email = fan.email if typed["email"] == "fan" else typed["email"]

    answer = client.post(PAGE, {**typed, "email": email})

    assert answer.status_code == 422
    assert wrong in answer.content.decode()
    assert not Erasure.objects.exists()
    assert client.get(PAGE).status_code == 200, "still signed in"


def test_typed_out_it_happens_and_shows_how_far_it_is(fan: User, client: Client) -> None:
    client.force_login(fan)

    answer = client.post(PAGE, {"email": fan.email.upper(), "password": PASSWORD})

    erasure = Erasure.objects.get()
    assert answer["Location"] == f"/accounts/erased/{erasure.public_id}/"
    assert "Your data is being removed" in client.get(answer["Location"]).content.decode()
    assert client.get(PAGE).status_code == 302
    tasks.carry_out_erasure(erasure.pk)
    shown = client.get(answer["Location"]).content.decode()
    assert "Your data is gone" in shown
    assert fan.email not in shown
    assert not User.objects.filter(email=fan.email).exists()


def proved(client: Client, user: User, *, ago: timedelta, **more: bool) -> None:
    """The session as allauth leaves it when somebody has signed in, or shown who they are, some time ago."""
    session = client.session
    at = (timezone.now() - ago).timestamp()
    session["account_authentication_methods"] = [{"method": "password", "at": at, **more}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


@pytest.mark.parametrize(("minutes", "allowed"), [(1, True), (16, False)])
def test_who_has_no_password_has_just_signed_in(fan: User, client: Client, minutes: int, allowed: bool) -> None:
    fan.set_unusable_password()
    fan.save()
    client.force_login(fan)
    assert "Your password" not in client.get(PAGE).content.decode()
    assert "sign in again first" in client.post(PAGE, {"email": fan.email}).content.decode()
    proved(client, fan, ago=timedelta(minutes=minutes))

    answer = client.post(PAGE, {"email": fan.email})

    assert answer.status_code == (302 if allowed else 422)
    assert Erasure.objects.exists() == allowed


@pytest.mark.parametrize(("more", "asked"), [({"reauthenticated": True}, False), ({}, True)])
def test_who_has_shown_who_they_are_again_is_not_asked_for_the_password(
    fan: User, client: Client, more: dict[str, bool], asked: bool
) -> None:
    client.force_login(fan)
    proved(client, fan, ago=timedelta(minutes=1), **more)

    assert ("Your password" in client.get(PAGE).content.decode()) == asked


def test_over_the_api(fan: User, api: APIClient, now: datetime) -> None:
    tokens = open_client(actor=acting(fan), user=fan, now=now).tokens
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    for body in ({}, {"password": "wrong"}):
        refused = api.post(ADDRESS, body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "VALIDATION_ERROR")

    answer = api.post(ADDRESS, {"password": PASSWORD})

    assert (answer.status_code, answer.json()["data"]["status"]) == (202, "running")
    assert api.get("/api/v1/auth/profile").status_code == 401
    tasks.carry_out_erasure(Erasure.objects.get().pk)
    api.credentials()
    found = api.get(answer["Location"]).json()["data"]
    assert (found["status"], found["done"]) == ("done", found["steps"])
    assert api.get("/api/v1/privacy/erasures/0000000000000000").status_code == 404


def test_the_platforms_clock_takes_up_what_was_left(fan: User, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    monkeypatch.setattr(tasks, "wake_eraser", called.append)
    Erasure.objects.create(user=fan, language="en", steps=5, requested_at=now)

    tasks.tend_privacy()
    assert called == []
    with time_machine.travel(now + timedelta(minutes=1)):
        tasks.tend_privacy()

    assert called == [Erasure.objects.get().pk]


def test_a_stolen_session_is_no_place_to_guess(
    fan: User, api: APIClient, client: Client, now: datetime, settings: Settings
) -> None:
    settings.SIGN_IN_FAILURES = 2
    tokens = open_client(actor=acting(fan), user=fan, now=now).tokens
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")
    assert [api.post(ADDRESS, {"password": "wrong"}).status_code for _time in range(2)] == [422, 429]
    refused = api.post(ADDRESS, {"password": PASSWORD})
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "ACCOUNT_LOCKED")

    client.force_login(fan)
    answer = client.post(PAGE, {"email": fan.email, "password": PASSWORD})

    assert (answer.status_code, Erasure.objects.exists()) == (429, False)
    assert "Too many wrong passwords" in answer.content.decode()
