"""Fixtures every app's tests share: the cast, and who acts. Loaded as a pytest plugin (see pyproject.toml)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog
from django.core.cache import cache
from django.utils import translation
from rest_framework.test import APIClient

from accounts import platform_settings
from accounts.actors import Actor, Via
from accounts.models import Role, User
from accounts.tests.factories import UserFactory
from config.lib import redis


@pytest.fixture(autouse=True)
def _empty_redis() -> Iterator[None]:
    """Every test starts with nothing cached and no limit used up."""
    redis.sync_client().flushdb()
    yield
    cache.close()


@pytest.fixture(autouse=True)
def _nothing_set_by_admins() -> Iterator[None]:
    """What a test has set for the platform ends with it, as its rows do."""
    yield
    platform_settings.forget()


@pytest.fixture(autouse=True)
def _no_request_left() -> Iterator[None]:
    """What a test's request has bound for the log, and the language it spoke, end with it.

    The loop of the next test copies its context very early, and only a request of its own would choose another language.
    """
    yield
    structlog.contextvars.clear_contextvars()
    translation.deactivate()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def organizer(db: None) -> User:
    return UserFactory.create(role=Role.ORGANIZER, name="Olga Organizer")


@pytest.fixture
def fan(db: None) -> User:
    return UserFactory.create(role=Role.FAN, name="Fay Fan")


@pytest.fixture
def artist(db: None) -> User:
    return UserFactory.create(role=Role.ARTIST, name="Art Artist")


@pytest.fixture
def outsider(db: None) -> User:
    """Another organizer, with nothing to do with the events of `organizer`."""
    return UserFactory.create(role=Role.ORGANIZER, name="Otto Outsider")


@pytest.fixture
def admin_user(db: None) -> User:
    return UserFactory.create(role=Role.ADMIN, name="Ada Admin")


@pytest.fixture
def brand(db: None) -> User:
    return UserFactory.create(role=Role.BRAND, name="Brenda Brand")


@pytest.fixture
def developer(db: None) -> User:
    return UserFactory.create(role=Role.DEVELOPER, name="Dev Developer")


@pytest.fixture
def api() -> APIClient:
    """An API client that speaks JSON; sign in with `api.force_authenticate(user)`."""
    client = APIClient()
    client.default_format = "json"
    return client


def acting(user: User | None, via: Via = Via.API) -> Actor:
    """`user` as the actor of a service call."""
    return Actor(via=via, user=user, address="127.0.0.1")
