"""Settings by key: the service, the API, and that pages follow them."""

from datetime import datetime
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.actors import Credential
from accounts.models import AuditEntry, User, UserSetting
from accounts.services.user_settings import put_setting, put_settings
from accounts.user_settings import MOTION, THEME, registered
from config.lib.errors import AuthRequired, NotFound, ValidationError
from config.tests.fixtures import acting

SETTINGS = reverse("accounts:settings")


def address(key: str) -> str:
    return reverse("accounts:setting", args=[key])


# --- The service ----------------------------------------------------------------------------------------------------------


def test_only_what_differs_has_a_row(fan: User, now: datetime) -> None:
    put_setting(actor=acting(fan), key="theme", value="dark", now=now)
    put_setting(actor=acting(fan), key="theme", value="light", now=now)
    assert list(UserSetting.objects.values_list("key", "value")) == [("theme", "light")]
    assert THEME.of(fan) == "light"
    put_setting(actor=acting(fan), key="theme", value="system", now=now)
    assert not UserSetting.objects.exists()
    assert THEME.of(fan) == "system"
    assert [entry.facts for entry in AuditEntry.objects.filter(action="user.set")] == [{"key": "theme"}] * 3


def test_the_form_writes_only_what_changes(fan: User, now: datetime) -> None:
    put_settings(actor=acting(fan), values={"theme": "dark", "motion": True}, now=now)
    put_settings(actor=acting(fan), values={"theme": "dark", "motion": True}, now=now)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "value"), [("theme", "pink"), ("theme", True), ("theme", None), ("motion", "on"), ("motion", 1)]
)
def test_other_values_are_refused(fan: User, now: datetime, key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        put_setting(actor=acting(fan), key=key, value=value, now=now)
    assert not UserSetting.objects.exists()


def test_unknown_keys_and_nobody_are_refused(fan: User, now: datetime) -> None:
    with pytest.raises(NotFound):
        put_setting(actor=acting(fan), key="language", value="es", now=now)
    with pytest.raises(AuthRequired):
        put_setting(actor=acting(None), key="theme", value="dark", now=now)


def test_a_value_of_another_release_is_the_default(fan: User, now: datetime) -> None:
    UserSetting.objects.create(user=fan, key="theme", value="sepia", changed_at=now)
    UserSetting.objects.create(user=fan, key="gone", value=1, changed_at=now)
    assert THEME.of(fan) == "system"
    assert MOTION.of(fan) is True


def test_every_default_can_be_chosen_and_every_setting_has_words() -> None:
    assert {"theme", "motion"} <= set(registered())
    for key, setting in registered().items():
        assert key == setting.key
        assert setting.takes(setting.default)
        assert str(setting.label)


# --- The API --------------------------------------------------------------------------------------------------------------


def test_the_api_shows_and_sets(api: APIClient, fan: User) -> None:
    api.force_authenticate(fan)
    shown = api.get(SETTINGS).json()["data"]
    assert shown["theme"] == {
        "key": "theme",
        "label": "Light or dark",
        "value": "system",
        "default": "system",
        "choices": ["system", "light", "dark"],
    }
    assert (shown["motion"]["value"], shown["motion"]["choices"]) == (True, [True, False])
    put = api.put(address("theme"), {"value": "dark"})
    assert (put.status_code, put.json()["data"]["value"]) == (200, "dark")
    assert api.get(address("theme")).json()["data"]["value"] == "dark"


@pytest.mark.parametrize(
    ("key", "body", "status", "code"),
    [
        ("nothing", {"value": "x"}, 404, "NOT_FOUND"),
        ("theme", {"value": "pink"}, 422, "VALIDATION_ERROR"),
        ("theme", {"value": {"a": [1]}}, 422, "VALIDATION_ERROR"),
        ("theme", {"value": None}, 422, "VALIDATION_ERROR"),
        ("theme", {}, 422, "VALIDATION_ERROR"),
        ("theme", {"value": "dark", "for": "all"}, 422, "UNKNOWN_FIELD"),
    ],
)
def test_the_api_refuses(api: APIClient, fan: User, key: str, body: dict[str, Any], status: int, code: str) -> None:
    api.force_authenticate(fan)
    response = api.put(address(key), body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert not UserSetting.objects.exists()


def test_who_may(api: APIClient, fan: User, outsider: User, now: datetime) -> None:
    put_setting(actor=acting(fan), key="theme", value="dark", now=now)
    for path in (SETTINGS, address("theme")):
        assert api.get(path).status_code == 401
    api.force_authenticate(outsider)
    assert api.get(address("theme")).json()["data"]["value"] == "system"
    api.force_authenticate(fan, Credential(scopes=frozenset({"profile:read"})))  # type: ignore[arg-type]  # any token
    assert api.get(address("theme")).status_code == 200
    assert api.put(address("theme"), {"value": "light"}).status_code == 403
    assert api.delete(address("theme")).status_code == api.post(SETTINGS).status_code == 405


# --- Pages ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theme", "motion", "attributes"),
    [
        ("system", True, ""),
        ("light", True, ' data-ground="paper"'),
        ("dark", False, ' data-motion="off" data-ground="ink"'),
    ],
)
def test_pages_follow(client: Client, fan: User, now: datetime, theme: str, motion: bool, attributes: str) -> None:
    put_settings(actor=acting(fan), values={"theme": theme, "motion": motion}, now=now)
    assert '<html lang="en">' in client.get("/").content.decode()
    client.force_login(fan)
    assert f'<html lang="en"{attributes}>' in client.get("/").content.decode()


def test_the_page_of_settings_shows_and_sets(client: Client, fan: User) -> None:
    client.force_login(fan)
    stored = {name: getattr(fan, name) for name in ("name", "language", "time_zone", "phone", "version")}
    answer = client.post(reverse("my-settings"), stored | {"set_theme": "dark"}, follow=True)
    assert '<html lang="en" data-motion="off" data-ground="ink">' in answer.content.decode()
    assert dict(UserSetting.objects.values_list("key", "value")) == {"theme": "dark", "motion": False}


def test_settings_cost_no_query(
    client: Client, fan: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    put_setting(actor=acting(fan), key="theme", value="dark", now=now)
    client.force_login(fan)
    client.get("/me/votes/")
    with django_assert_num_queries(2):  # who is signed in, and the votes
        assert 'data-ground="ink"' in client.get("/me/votes/").content.decode()


def test_pages_tell_the_time_where_the_reader_is_and_the_api_in_utc(client: Client, fan: User) -> None:
    User.objects.filter(pk=fan.pk).update(time_zone="Pacific/Auckland")
    client.force_login(fan)
    seen: list[str] = []
    original = Template.render

    def render(self: Template, context: Context) -> Any:
        seen.append(timezone.get_current_timezone_name())
        return original(self, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", render)
        client.get("/me/settings/")
    assert set(seen) == {"Pacific/Auckland"}
    assert timezone.get_current_timezone_name() == "UTC"
    created = client.get(reverse("accounts:profile")).json()["data"]["created_at"]
    assert created.endswith("Z")
