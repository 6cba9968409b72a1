"""A psycopg connection of a process's own, outside Django's pool and thread pool: for the edge and its batches."""

import asyncio
import logging
import select
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import Any

import psycopg
from django.conf import settings
from psycopg import AsyncConnection, Connection
from psycopg.pq import TransactionStatus

from config.lib.errors import Unavailable

logger = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0
_FROM_DJANGO = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
# A server that vanished without a word is noticed within ten seconds, idle or not (tcp(7); no effect on Unix sockets).
_NOTICE_SILENCE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}


def connection_parameters() -> dict[str, Any]:
    """What psycopg needs to reach the database of the settings; its time-out to connect and TLS mode included."""
    database = settings.DATABASES["default"]
    named = {ours: database[theirs] for theirs, ours in _FROM_DJANGO.items() if database.get(theirs)}
    options = {name: value for name, value in database.get("OPTIONS", {}).items() if name != "pool"}
    return {**_NOTICE_SILENCE, **named, **options, "autocommit": True}


@contextmanager
def sync_connection() -> Iterator[Connection[tuple[Any, ...]]]:
    """A connection of the caller's own, in autocommit whatever transaction it is called in. Raises Unavailable."""
    try:
        connection = psycopg.connect(**connection_parameters())
    except psycopg.OperationalError as error:
        raise Unavailable from error
    with connection:
        yield connection


class RawConnection:
    """One autocommit connection that opens itself again. Belongs to one event loop; its users take turns."""

    def __init__(self, name: str) -> None:
        """`name` is for the logs. Statements are prepared at first use where the settings allow it."""
        self._name = name
        self._connection: AsyncConnection[tuple[Any, ...]] | None = None
        self._turn = asyncio.Lock()
        self._pause = 0.0
        self._not_before = 0.0

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[AsyncConnection[tuple[Any, ...]]]:
        """The connection, open, for the length of the block. Raises Unavailable when there is none or it is lost inside.

        Any other error of the database passes through, and the connection stays if it is fit to be used again.
        """
        async with self._turn:
            connection = await self._opened()
            try:
                yield connection
            except psycopg.OperationalError as error:
                if connection.closed:
                    logger.warning("database.lost", extra={"connection": self._name})
                    raise Unavailable from error
                raise
            finally:
                if connection.pgconn.transaction_status != TransactionStatus.IDLE:
                    await self._drop()

    async def close(self) -> None:
        """Close it for good, after the turn of whoever uses it now."""
        async with self._turn:
            await self._drop()

    async def _opened(self) -> AsyncConnection[tuple[Any, ...]]:
        if self._connection is not None and not self._connection.closed:
            if not _has_hung_up(self._connection):
                return self._connection
            await self._drop()
        if monotonic() < self._not_before:
            raise Unavailable
        prepare = {"prepare_threshold": 0 if settings.DATABASE_PREPARED_STATEMENTS else None}
        try:
            self._connection = await AsyncConnection.connect(**connection_parameters() | prepare)
        except psycopg.OperationalError as error:
            self._pause = min(max(self._pause * 2, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            self._not_before = monotonic() + self._pause
            logger.warning("database.away", extra={"connection": self._name, "retry_in": self._pause})
            raise Unavailable from error
        self._pause = 0.0
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


def _has_hung_up(connection: AsyncConnection[tuple[Any, ...]]) -> bool:
    """Whether the server has ended an idle connection: it was not asked anything, so all it could say is goodbye.

    Without this look, which costs a microsecond or two, whoever comes first after a restart of PostgreSQL would be refused.
    """
    poll = select.poll()  # not select(), which knows no file descriptor above 1,023
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))
