"""The raw connection: lost and found again, never left in the middle of something."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import TypeVar

import psycopg
import pytest
from django.conf import settings

from config.lib import raw_connection
from config.lib.errors import Unavailable
from config.lib.raw_connection import RawConnection, sync_connection

pytestmark = pytest.mark.usefixtures("transactional_db")
Value = TypeVar("Value")


def run(scenario: Callable[[RawConnection], Awaitable[Value]]) -> Value:
    async def opened() -> Value:
        connect = RawConnection("test")
        try:
            return await scenario(connect)
        finally:
            await connect.close()

    return asyncio.run(opened())


async def backend(connect: RawConnection) -> int:
    """The process that serves the connection: another one after a reconnection."""
    async with connect() as connection:
        row = await (await connection.execute("SELECT pg_backend_pid()")).fetchone()
    assert row
    return int(row[0])


def kill(pid: int) -> None:
    with sync_connection() as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


async def lose(connect: RawConnection, pid: int) -> None:
    """Has its connection killed in the middle of a turn."""
    async with connect() as connection:
        await asyncio.to_thread(kill, pid)
        await connection.execute("SELECT 1")


def test_it_is_opened_once_and_speaks_to_the_database_of_the_settings() -> None:
    async def scenario(connect: RawConnection) -> None:
        async with connect() as connection:
            row = await (await connection.execute("SELECT current_database(), pg_backend_pid()")).fetchone()
            assert connection.autocommit
        assert row == (settings.DATABASES["default"]["NAME"], await backend(connect))

    run(scenario)


def test_a_connection_lost_while_nobody_used_it_is_opened_again_unnoticed() -> None:
    async def scenario(connect: RawConnection) -> None:
        pid = await backend(connect)
        await asyncio.to_thread(kill, pid)
        assert await backend(connect) != pid

    run(scenario)


def test_a_connection_lost_in_use_is_unavailable_once_and_then_opened_again() -> None:
    async def scenario(connect: RawConnection) -> None:
        pid = await backend(connect)
        with pytest.raises(Unavailable):
            await lose(connect, pid)
        assert await backend(connect) != pid

    run(scenario)


def test_an_error_of_a_statement_passes_through_and_costs_no_connection() -> None:
    async def scenario(connect: RawConnection) -> None:
        pid = await backend(connect)
        with pytest.raises(psycopg.errors.DivisionByZero):
            async with connect() as connection:
                await connection.execute("SELECT 1 / 0")
        assert await backend(connect) == pid

    run(scenario)


async def fail_in_a_transaction(connect: RawConnection) -> None:
    async with connect() as connection:
        await connection.execute("BEGIN")
        raise KeyError


def test_nobody_inherits_anothers_transaction() -> None:
    async def scenario(connect: RawConnection) -> None:
        pid = await backend(connect)
        with pytest.raises(KeyError):
            await fail_in_a_transaction(connect)
        assert await backend(connect) != pid

    run(scenario)


def test_users_take_turns() -> None:
    async def scenario(connect: RawConnection) -> None:
        held = asyncio.Event()

        async def hold() -> None:
            async with connect():
                held.set()
                await asyncio.sleep(0.05)

        holding = asyncio.create_task(hold())
        await held.wait()
        await backend(connect)
        assert holding.done()

    run(scenario)


def test_while_the_database_is_away_each_try_waits_longer_and_nobody_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = settings.DATABASES["default"]
    clock, tried = [0.0], []
    monkeypatch.setattr(raw_connection, "monotonic", lambda: clock[0])
    real = psycopg.AsyncConnection.connect

    async def connect_and_note(**parameters: object) -> object:
        tried.append(round(clock[0], 2))
        return await real(**parameters)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(psycopg.AsyncConnection, "connect", connect_and_note)

    async def scenario(connect: RawConnection) -> None:
        monkeypatch.setitem(settings.DATABASES, "default", {**database, "HOST": "/nowhere"})
        while clock[0] < 4:
            with pytest.raises(Unavailable):
                await backend(connect)
            clock[0] += 0.01
        monkeypatch.setitem(settings.DATABASES, "default", database)
        clock[0] += 1
        await backend(connect)

    run(scenario)
    pauses = [round(later - sooner, 1) for sooner, later in pairwise(tried[:7])]
    assert pauses == [0.1, 0.1, 0.2, 0.4, 0.8, 1.0]
