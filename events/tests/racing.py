"""Races on purpose: real connections in threads, brought to the critical spot at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections

from config.tests.live_server import eventually

_PATIENCE_SECONDS = 60.0


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What each returned, or the exception it raised; each in a thread with a connection of its own."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - the outcome of a race
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def meet_before(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, parties: int) -> None:
    """Let `parties` threads arrive at `owner.name` before any goes on; where a guard keeps one back, the others go on."""
    wrapped = getattr(owner, name)
    arrivals = count(1)
    all_there = Event()

    def wait_first(*args: Any, **kwargs: Any) -> Any:
        if next(arrivals) >= parties:
            all_there.set()
        eventually(
            lambda: all_there.is_set() or _somebody_is_kept_back(), seconds=_PATIENCE_SECONDS, what="the meeting"
        )
        return wrapped(*args, **kwargs)

    monkeypatch.setattr(owner, name, wait_first)


def _somebody_is_kept_back() -> bool:
    """Whether a transaction waits for a lock of another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE NOT granted LIMIT 1")
        return cursor.fetchone() is not None


@contextmanager
def without_index(name: str) -> Iterator[None]:
    """The database without this unique constraint or index, for a control. What broke it is deleted by the test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef, indrelid::regclass FROM pg_indexes JOIN pg_index ON indexrelid = %s::regclass WHERE indexname = %s",
            [name, name],
        )
        definition, table = cursor.fetchone()
        cursor.execute("SELECT FROM pg_constraint WHERE conname = %s", [name])
        drop = f"ALTER TABLE {table} DROP CONSTRAINT {name}" if cursor.fetchone() is not None else f"DROP INDEX {name}"
        cursor.execute(drop)
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
        add = f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"
        cursor.execute(definition)
        if drop.startswith("ALTER"):
            cursor.execute(add)
