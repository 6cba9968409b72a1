"""Knowing that the server is about to stop, before it waits for its open answers to end.

uvicorn tells an application that it stops (the ASGI lifespan's shutdown) only after the last answer has ended, which an
endless stream never does by itself. So whoever serves streams listens for the signal, and passes it on.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


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
