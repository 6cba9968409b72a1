"""The batching engine: everybody gets their own answer, whatever becomes of the others."""

import asyncio
from collections.abc import Sequence

import pytest

from config.lib.batching import Batcher
from config.lib.errors import Unavailable


class Storing:
    """A store whose batches are released one by one by the test."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.in_flight = 0
        self.free = asyncio.Semaphore(0)

    async def __call__(self, items: Sequence[int]) -> Sequence[str | Exception]:
        self.in_flight += 1
        assert self.in_flight == 1
        self.batches.append(list(items))
        try:
            await self.free.acquire()
        finally:
            self.in_flight -= 1
        if 666 in items:
            raise ConnectionError
        return [ValueError(item) if item < 0 else f"stored {item}" for item in items]


async def settle() -> None:
    """Let every task run as far as it can without the store."""
    for _ in range(10):
        await asyncio.sleep(0)


async def gathered(batcher: Batcher[int, str], items: Sequence[int]) -> list[asyncio.Task[str]]:
    tasks = [asyncio.create_task(batcher.submit(item)) for item in items]
    await settle()
    return tasks


async def test_an_idle_batcher_lets_nobody_wait_and_a_busy_one_gathers() -> None:
    store = Storing()
    batcher = Batcher(store, batch_size=100, queue_size=100)
    first = await gathered(batcher, [1])
    later = await gathered(batcher, [2]) + await gathered(batcher, [3, 4])
    assert store.batches == [[1]]
    store.free.release()
    await settle()
    assert store.batches == [[1], [2, 3, 4]]
    store.free.release()
    assert await asyncio.gather(*first, *later) == ["stored 1", "stored 2", "stored 3", "stored 4"]


async def test_a_batch_is_bounded() -> None:
    store = Storing()
    batcher = Batcher(store, batch_size=2, queue_size=100)
    tasks = await gathered(batcher, [1, 2, 3, 4, 5])
    for _ in range(3):
        store.free.release()
    await asyncio.gather(*tasks)
    assert store.batches == [[1, 2], [3, 4], [5]]


async def test_one_more_than_may_wait_is_refused_and_the_others_are_stored() -> None:
    store = Storing()
    batcher = Batcher(store, batch_size=1, queue_size=2)
    tasks = await gathered(batcher, [1]) + await gathered(batcher, [2, 3])
    with pytest.raises(Unavailable):
        await batcher.submit(4)
    for _ in range(3):
        store.free.release()
    assert await asyncio.gather(*tasks) == ["stored 1", "stored 2", "stored 3"]


async def test_each_caller_gets_its_own_exception() -> None:
    store = Storing()
    store.free.release()
    tasks = await gathered(Batcher(store, batch_size=10, queue_size=10), [1, -2, 3])
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[0] == "stored 1"
    assert isinstance(answers[1], ValueError)
    assert answers[2] == "stored 3"


async def test_a_failed_batch_fails_its_callers_and_nobody_after_them() -> None:
    store = Storing()
    batcher = Batcher(store, batch_size=2, queue_size=10)
    tasks = await gathered(batcher, [1, 666, 3])
    store.free.release()
    store.free.release()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError, ConnectionError, str]


async def test_a_cancelled_caller_loses_nobody_elses_item() -> None:
    store = Storing()
    batcher = Batcher(store, batch_size=10, queue_size=10)
    in_flight = await gathered(batcher, [1, 2])
    waiting = await gathered(batcher, [3, 4])
    in_flight[0].cancel()
    waiting[0].cancel()
    store.free.release()
    store.free.release()
    assert [await in_flight[1], await waiting[1]] == ["stored 2", "stored 4"]
    assert store.batches == [[1, 2], [4]]  # taken before: stored all the same; not taken yet: gone with its caller


async def test_close_finishes_what_was_taken_and_takes_nothing_new() -> None:
    store = Storing()
    batcher = Batcher(store, batch_size=1, queue_size=10)
    tasks = await gathered(batcher, [1, 2])
    closing = asyncio.create_task(batcher.close())
    await settle()
    with pytest.raises(Unavailable):
        await batcher.submit(3)
    assert not closing.done()
    store.free.release()
    store.free.release()
    await closing
    assert [task.result() for task in tasks] == ["stored 1", "stored 2"]
    await batcher.close()


async def test_nobody_is_left_waiting_when_the_flush_is_torn_down() -> None:
    store = Storing()
    batcher = Batcher(store, batch_size=1, queue_size=10)
    tasks = await gathered(batcher, [1, 2])
    assert batcher._flushing is not None
    batcher._flushing.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]
