"""Many callers, one connection: what waits at the same moment is stored together.

There is no timer. While a batch is being stored the next one gathers; it goes as soon as the connection is free. A caller
who comes while nothing is in flight starts a batch at once and waits for nobody. So the batch size follows the load by
itself, and an idle process answers as fast as its database.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from config.lib.errors import Unavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

# Stores a batch, in the order given, and returns for each item what its caller gets: a result, or an exception to raise.
Store = Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]]


class Batcher(Generic[Item, Result]):
    """Belongs to one event loop. At most one batch is in flight.

    `batch_size` bounds what is stored together, `queue_size` how many may wait: one more is refused with Unavailable, so
    that a slow database fills no memory and clients hear early that they should come back.
    """

    def __init__(self, store: Store[Item, Result], *, batch_size: int, queue_size: int) -> None:
        self._store = store
        self._batch_size = batch_size
        self._queue_size = queue_size
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._flushing: asyncio.Task[None] | None = None
        self._closed = False

    async def submit(self, item: Item) -> Result:
        """The item's own result, once its batch is stored; raises its own exception, or that of the whole batch.

        Raises Unavailable when too many wait or the batcher is closed. A caller cancelled before its item was taken
        takes it along; afterwards the item is stored all the same. Nobody else notices either.
        """
        if self._closed or len(self._waiting) >= self._queue_size:
            raise Unavailable
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush_all())
        return await future

    async def close(self) -> None:
        """Take nothing new, and return when everything that was taken is answered."""
        self._closed = True
        if self._flushing is not None:
            await self._flushing

    async def _flush_all(self) -> None:
        try:
            while self._waiting:
                await self._flush(self._take())
        finally:  # also when the loop is being torn down: nobody is left waiting for an answer that will not come
            self._flushing = None
            for _item, future in self._waiting:
                _refuse(future, Unavailable())
            self._waiting.clear()

    def _take(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        batch: list[tuple[Item, asyncio.Future[Result]]] = []
        while self._waiting and len(batch) < self._batch_size:
            waiting = self._waiting.popleft()
            if not waiting[1].done():  # else its caller was cancelled
                batch.append(waiting)
        return batch

    async def _flush(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        if not batch:
            return
        try:
            results = await self._store([item for item, _future in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer of everyone in this batch
            for _item, future in batch:
                _refuse(future, error)
        except BaseException:  # torn down: what became of the batch is not known
            for _item, future in batch:
                _refuse(future, Unavailable())
            raise
        else:
            _answer(batch, results)


def _answer(batch: list[tuple[Item, asyncio.Future[Result]]], results: Sequence[Result | Exception]) -> None:
    for (_item, future), result in zip(batch, results, strict=True):
        if isinstance(result, Exception):
            _refuse(future, result)
        elif not future.done():
            future.set_result(result)


def _refuse(future: asyncio.Future[Result], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
