"""What lives as long as a web process: opened before its first request, closed after its last."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import structlog

from config.lib.asgi_types import ASGIApp, Receive, Scope, Send

logger = structlog.get_logger(__name__)

# An app's part of the process, opened by `async with part():`. It opens while PostgreSQL or Redis is away, too, and
# connects by itself once they are back; an exception from it means a fault of ours and stops the start.
ProcessPart = Callable[[], AbstractAsyncContextManager[Any]]


def lifespan(parts: Sequence[ProcessPart]) -> ASGIApp:
    """The ASGI lifespan application that opens `parts` in order and closes them in reverse."""

    async def application(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # lifespan.startup
        stack = AsyncExitStack()
        try:
            for part in parts:
                await stack.enter_async_context(part())
        except Exception as error:
            await stack.aclose()
            await send({"type": "lifespan.startup.failed", "message": repr(error)})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()  # lifespan.shutdown
        await stack.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    return application
