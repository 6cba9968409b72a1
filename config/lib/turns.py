"""As many requests at a time as there are database connections for them; the others wait for their turn, first come first.

Without turns every request of a burst gets a thread at once. All of them share the processor, so that none is done soon,
and the last in line for a connection give up (`PoolTimeout`) although each needs it for a few milliseconds only.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

_KEPT: Final = 4  # connections of the pool for what runs beside requests: answers to texts, and those who watch over us
_AT_ONCE: Final = ("/health", "/metrics")  # asked by whoever would take a busy process for a broken one


class InTurn:
    """Middleware. A visitor who leaves while waiting leaves the line; a body is read before, an answer sent after the turn.

    The request's connection goes back to the pool with its turn, not when a slow phone has read its answer.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self._turns = asyncio.Semaphore(max(1, settings.DATABASE_POOL["max_size"] - _KEPT))
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self._acall(request) if self.is_async else self.get_response(request)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(_AT_ONCE):
            return await self._answer(request)
        async with self._turns:
            try:
                return await self._answer(request)
            finally:
                await sync_to_async(close_old_connections)()

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        answering = self.get_response(request)
        assert not isinstance(answering, HttpResponseBase)
        return await answering
