"""Ending what runs in the background."""

import asyncio

from config.lib.stopping import end


async def _deaf(times: int, asked: list[None]) -> None:
    """Keeps its first cancellations to itself, as `asyncio.wait_for` may."""
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            asked.append(None)
            if len(asked) > times:
                raise


async def test_a_task_that_did_not_hear_is_asked_again() -> None:
    asked: list[None] = []
    task = asyncio.ensure_future(_deaf(2, asked))
    await asyncio.sleep(0)
    await end(task)
    assert task.cancelled()
    assert len(asked) == 3


async def test_whatever_a_task_raises_at_its_end_is_dropped() -> None:
    async def failing() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise RuntimeError

    tasks = [asyncio.ensure_future(failing()), asyncio.ensure_future(asyncio.sleep(60))]
    await asyncio.sleep(0)
    await end(*tasks)
    assert isinstance(tasks[0].exception(), RuntimeError)


async def test_what_has_ended_already_is_left_alone() -> None:
    task = asyncio.ensure_future(asyncio.sleep(0))
    await task
    await end(task)
    assert not task.cancelled()
