"""Process parts open in order, close in reverse, and a fault stops the start."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from config.lib.asgi_types import Message
from config.lib.lifespan import ProcessPart, lifespan

Events = list[str]


def part(name: str, events: Events) -> Callable[[], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[None]:
        events.append(f"open {name}")
        yield
        events.append(f"close {name}")

    return opened


def broken() -> AbstractAsyncContextManager[None]:
    raise RuntimeError("cannot open")


async def live(parts: list[ProcessPart], events: Events) -> None:
    incoming = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Message:
        await asyncio.sleep(0)
        return next(incoming)

    async def send(message: Message) -> None:
        events.append(message["type"])

    await lifespan(parts)({"type": "lifespan"}, receive, send)


async def test_parts_open_in_order_and_close_in_reverse() -> None:
    events: Events = []

    await live([part("box", events), part("relay", events)], events)

    assert events == [
        "open box",
        "open relay",
        "lifespan.startup.complete",
        "close relay",
        "close box",
        "lifespan.shutdown.complete",
    ]


async def test_a_fault_stops_the_start_and_closes_what_was_open() -> None:
    events: Events = []

    with pytest.raises(RuntimeError, match="cannot open"):
        await live([part("box", events), broken], events)

    assert events == ["open box", "close box", "lifespan.startup.failed"]
