"""Messaging's part of a web process: where texts are stored and answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from config.lib import redis
from config.lib.batching import Batcher
from config.lib.errors import Unavailable
from config.lib.raw_connection import RawConnection
from messaging import conversation
from messaging.inbound import Reply
from messaging.inbound_store import Arrival, InboundStore, StoredText

BATCH_SIZE: Final = 200
QUEUE_SIZE: Final = 20_000


class TextProcess:
    """Belongs to one event loop; has a connection of its own."""

    def __init__(self) -> None:
        self._connect = RawConnection("texts")
        self._store = InboundStore(self._connect)
        self._batches = Batcher[Arrival, StoredText](self._store.store, batch_size=BATCH_SIZE, queue_size=QUEUE_SIZE)
        self._answering: dict[str, asyncio.Future[Reply]] = {}
        self.redis = redis.async_client()

    async def answer(self, arrival: Arrival) -> Reply:
        """Store the text, act on it, return the answer that was stored. Raises Unavailable.

        A repeat that comes while the first is being answered waits for that answer. In another process, or after a crash,
        the action is done once more, which is safe: the reply that was stored first is the one that is given.
        """
        if (first := self._answering.get(arrival.provider_id)) is not None:
            return await asyncio.shield(first)
        answered: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._answering[arrival.provider_id] = answered
        try:
            text = await self._batches.submit(arrival)
            reply = await conversation.reply_to(text, now=datetime.now(UTC))
        except Exception as error:
            answered.set_exception(error)
            raise
        else:
            answered.set_result(reply)
            return reply
        finally:
            del self._answering[arrival.provider_id]
            if not answered.done():  # cancelled: what became of it is not known
                answered.set_exception(Unavailable())
            answered.exception()  # seen, even if no repeat is waiting

    async def reply_to(self, inbound_id: int) -> Reply | None:
        """What was answered to this text, once it was. Raises Unavailable."""
        stored = await self._store.reply_to(inbound_id)
        return Reply(stored.kind, stored.text) if stored else None

    async def close(self) -> None:
        """Answer everyone who waits, then close the connections."""
        await self._batches.close()
        await self._connect.close()
        await self.redis.aclose()


_open: list[TextProcess] = []


def current() -> TextProcess:
    """The one that is open in this process. Raises RuntimeError outside a running web process."""
    if not _open:
        raise RuntimeError("messaging's part of the process is not open")
    return _open[-1]


@asynccontextmanager
async def part() -> AsyncIterator[TextProcess]:
    """Open for the length of the block (see config.lib.lifespan)."""
    process = TextProcess()
    _open.append(process)
    try:
        yield process
    finally:
        _open.remove(process)
        await process.close()
