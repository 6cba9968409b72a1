"""Two real connections at the same moment."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from django.db import connection

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
_PATIENCE_SECONDS = 30.0
_WAITING = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted"  # live, where pg_stat_activity is a snapshot per transaction
)


class Racers:
    """Runs calls in threads, each on a database connection of its own that is closed afterwards."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool

    def start(
        self, call: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        def run() -> Result:
            try:
                return call(*args, **kwargs)
            finally:
                connection.close()

        return self._pool.submit(run)


@contextmanager
def racers() -> Iterator[Racers]:
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield Racers(pool)


def until_blocked_or_done(future: "Future[Result]") -> None:
    """Return once the call waits for a lock in the database, or has ended."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not future.done():
        with connection.cursor() as cursor:
            cursor.execute(_WAITING)
            row = cursor.fetchone()
        if row and row[0]:
            return
        assert time.monotonic() < deadline, "the second call neither waited nor ended"
        time.sleep(0.005)
