"""Stopping: what runs in the background, and streams before the server waits for them.

uvicorn tells an application that it stops (the ASGI lifespan's shutdown) only after the last answer has ended, which an
endless stream never does by itself. So whoever serves streams listens for the signal, and passes it on.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_AGAIN_SECONDS: Final = 0.2


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel the tasks and return when all of them have ended; what they raise is looked at and dropped.

    Asking once is not enough: before Python 3.12, `asyncio.wait_for` keeps a cancellation to itself that comes together
    with its result (python/cpython#86296), and redis-py sends every command through it.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _ended, running = await asyncio.wait(running, timeout=_AGAIN_SECONDS)
    for task in tasks:
        if not task.cancelled():
            task.exception()


@contextmanager
def when_stopping(callback: Callable[[], None]) -> Iterator[None]:
    """Within the block, SIGTERM and SIGINT also call `callback` in the running event loop. Main thread only."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(callback)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in before:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
