"""From a request to an actor."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.request import Request

from accounts.actors import ALL_SCOPES, Credential, Via, actor_of
from accounts.models import User


def test_page_request_of_a_user(fan: User, rf: RequestFactory) -> None:
    request = rf.get("/", headers={"User-Agent": "x" * 300}, REMOTE_ADDR="203.0.113.7")
    request.user = fan
    actor = actor_of(request, Via.PAGE)
    assert (actor.via, actor.user, actor.scopes, actor.address) == (Via.PAGE, fan, ALL_SCOPES, "203.0.113.7")
    assert len(actor.user_agent) == 200


def test_nobody_is_nobody(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    assert actor_of(request).user is None


def test_api_request_carries_the_scopes_of_its_key(fan: User, rf: RequestFactory) -> None:
    request = Request(rf.get("/"))
    request.user, request.auth = fan, Credential(scopes=frozenset({"events:read"}))
    assert actor_of(request).scopes == {"events:read"}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", "198.51.100.1", "198.51.100.1"),
        ("203.0.113.7", "nonsense", "203.0.113.7"),
        ("unix", "nonsense", None),
        ("", "", None),
        ("::1", "", "::1"),
    ],
)
def test_address_is_an_address_or_none(
    peer: str, forwarded: str, address: str | None, rf: RequestFactory, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=peer)
    request.user = AnonymousUser()
    assert actor_of(request).address == address
