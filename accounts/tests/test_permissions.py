"""The default permission: what names no scope is open to nobody."""

from typing import Any, ClassVar

import pytest
from django.urls import reverse
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from accounts.actors import Credential
from accounts.models import Role, User
from accounts.tests.factories import UserFactory
from config.lib.api.views import PERSON, PUBLIC, ApiView


class Scoped(ApiView):
    """One method per kind of entry; DELETE has none."""

    scopes: ClassVar = {"GET": PUBLIC, "POST": PERSON, "PUT": "events:write"}

    def get(self, request: Request) -> Response:
        return Response({})

    post = put = delete = get


def ask(verb: str, user: User | None = None, credential: Credential | None = None) -> Any:
    request = getattr(APIRequestFactory(), verb)("/")
    force_authenticate(request, user, credential)  # type: ignore[arg-type]  # REST framework takes any credential
    response = Scoped.as_view()(request)
    return response.render()


def _user(role: str) -> User | None:
    return UserFactory.create(role=role) if role else None


@pytest.mark.parametrize(
    ("verb", "role", "status"),
    [
        ("get", "", 200),
        ("head", "", 200),
        ("post", "", 401),
        ("post", Role.FAN, 200),
        ("put", "", 401),
        ("put", Role.FAN, 403),
        ("put", Role.ORGANIZER, 200),
        ("put", Role.ADMIN, 200),
        ("delete", "", 401),
        ("delete", Role.ADMIN, 403),
        ("patch", "", 405),
        ("patch", Role.ADMIN, 405),
    ],
)
def test_each_method_needs_what_it_names(db: None, verb: str, role: str, status: int) -> None:
    assert ask(verb, _user(role)).status_code == status


def test_options_tells_nothing_about_a_view(admin_user: User) -> None:
    assert ask("options", admin_user).status_code == 405


def test_options_of_an_allowed_origin_is_answered_before_the_view(api: APIClient, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "PATCH"}
    response = api.options(reverse("accounts:profile"), headers=asked)
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, "https://app.example")
    stranger = api.options(reverse("accounts:profile"), headers={**asked, "Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in stranger


def test_credential_without_the_scope_is_refused_even_to_an_admin(admin_user: User) -> None:
    for scopes, status in ((frozenset({"events:read"}), 403), (frozenset({"events:write"}), 200)):
        assert ask("put", admin_user, Credential(scopes=scopes)).status_code == status


def test_a_key_does_not_reach_what_is_a_persons_own(fan: User) -> None:
    refused = ask("post", fan, Credential(scopes=frozenset({"events:read", "profile:write"})))
    assert (refused.status_code, refused.data["error"]["code"]) == (403, "INSUFFICIENT_SCOPE")
    assert ask("post", fan, Credential()).status_code == 200
