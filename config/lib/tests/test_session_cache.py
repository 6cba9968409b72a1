"""Sessions outlive Redis: their rows are in PostgreSQL."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from config.lib.session_cache import SessionCache


@pytest.fixture
def _away(monkeypatch: pytest.MonkeyPatch) -> None:
    handler: Any = caches
    monkeypatch.setattr(handler._connections, "sessions", SessionCache("redis://127.0.0.1:1/0", {}), raising=False)


@pytest.mark.django_db
def test_a_session_is_kept_in_redis_and_outlives_it(
    client: Client, fan: User, settings: Settings, request: pytest.FixtureRequest
) -> None:
    client.force_login(fan)
    assert client.get("/accounts/password/change/").status_code == 200
    assert caches["sessions"].get(f"browser:{client.cookies['sessionid'].value}")

    request.getfixturevalue("_away")

    assert client.get("/accounts/password/change/").status_code == 200


@pytest.mark.usefixtures("_away")
def test_while_redis_is_away_nothing_is_known_and_nothing_fails() -> None:
    cache = caches["sessions"]

    cache.set("a", 1)
    cache.delete("a")

    assert cache.get("a") is None
    assert cache.get("a", 7) == 7
    assert "a" not in cache
