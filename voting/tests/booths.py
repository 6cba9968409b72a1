"""Polling booths: ballot boxes that cast beside the test, each on a thread, an event loop and a connection of its own."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread

from django.db import connection

from config.tests.live_server import eventually
from voting.ballot_box import BallotBox
from voting.vote import Outcome, Vote

_GATE = 77  # any key that nothing else locks


class Booth:
    """`cast` returns at once; the outcome is in the future."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        self._box = asyncio.run_coroutine_threadsafe(self._made(), self._loop).result()

    def cast(self, vote: Vote) -> Future[Outcome]:
        return asyncio.run_coroutine_threadsafe(self._box.cast(vote), self._loop)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._box.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @staticmethod
    async def _made() -> BallotBox:
        return BallotBox()


class Gate:
    """Holds batches up in the middle of their transaction, right after their ballots were inserted, until it opens."""

    def close(self) -> None:
        _run(
            f"""CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock_shared({_GATE}); RETURN NULL; END $$;
            CREATE TRIGGER gate AFTER INSERT ON voting_ballot FOR EACH STATEMENT EXECUTE FUNCTION gate();
            SELECT pg_advisory_lock({_GATE})"""
        )

    def remove(self) -> None:
        self.open()
        _run("DROP TRIGGER gate ON voting_ballot; DROP FUNCTION gate()")

    def wait_for(self, number: int) -> None:
        """Until so many batches stand before the gate."""
        eventually(lambda: self._waiting("objid = %s", _GATE) >= number, what=f"{number} batches at the gate")

    def wait_for_lock(self, number: int = 1) -> None:
        """Until so many transactions wait for something else than the gate."""
        eventually(lambda: self._waiting("objid IS DISTINCT FROM %s", _GATE) >= number, what="a waiting transaction")

    def open(self) -> None:
        _run("SELECT pg_advisory_unlock_all()")

    def kill_waiting(self) -> None:
        """End the connections of the batches that stand before the gate."""
        _run(f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND objid = {_GATE}")

    @staticmethod
    def _waiting(which: str, key: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND {which}", [key])
            (number,) = cursor.fetchone()
        assert isinstance(number, int)
        return number


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def in_thread(action: Callable[[], object]) -> Iterator[Thread]:
    """`action` runs beside the block, which ends when it has ended; its database connection is closed."""

    def run() -> None:
        try:
            action()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join()
