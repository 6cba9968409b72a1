"""Loads the fixtures every app shares; a root conftest is read after Django is set up, a `-p` plugin before."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker
from servestatic.middleware import ServeStaticMiddleware

from config.tests.emptying import empty_tables

pytest_plugins = ["config.tests.fixtures", "config.tests.live_server", "config.tests.own_redis"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's own. At the end whoever is still connected is sent away: PostgreSQL may need a moment to see that a
    process which a test killed is gone, and drops no database before that.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def _quickly_emptied_tables() -> Iterator[None]:
    """After each test that commits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty_tables())
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_found_once() -> Iterator[None]:
    """Every test client makes the chain of middleware anew, and in development's settings ServeStatic then walks through all
    static files: several hundred, which took longer than most tests. What the first has found is good for all.
    """
    find = ServeStaticMiddleware.add_files_from_finders
    found: list[ServeStaticMiddleware] = []

    def find_once(middleware: ServeStaticMiddleware) -> None:
        if not found:
            find(middleware)
            found.append(middleware)
        middleware.files, middleware.directories = found[0].files, found[0].directories

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServeStaticMiddleware, "add_files_from_finders", find_once)
        yield
