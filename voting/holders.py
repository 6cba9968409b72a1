"""Those for whom viewing tokens were made, and whether they are still signed in.

A token is checked without a query, so by itself it would outlive a sign-out by up to VIEWING_TOKEN_SECONDS. Each process
therefore asks the database about the holders it serves: about all of a moment in one query, about each at most every
ASKED_EVERY_SECONDS. Fans of public events need no token and are never asked about.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

from psycopg import AsyncConnection

from accounts.standing import still_signed_in
from config.lib.batching import Batcher
from config.lib.errors import InvalidToken, Unavailable

ASKED_EVERY_SECONDS: Final = 2.0
_AT_ONCE: Final = 1_000
_REMEMBERED: Final = 20_000
_WAITING: Final = 20_000

Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection[tuple[Any, ...]]]]


class Holders:
    """Belongs to one event loop."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._good: OrderedDict[str, float] = OrderedDict()
        self._asking: Batcher[str, bool] = Batcher(self._ask, batch_size=_AT_ONCE, queue_size=_WAITING)

    async def require(self, holder: str) -> None:
        """Raises InvalidToken when the holder is signed in no more; Unavailable when nobody can say and nobody has said.

        While the database is away nobody can be signed out either, so whom it called good before stays so. "" is nobody.
        """
        if not holder or monotonic() - self._good.get(holder, float("-inf")) < ASKED_EVERY_SECONDS:
            return
        try:
            good = await self._asking.submit(holder)
        except Unavailable:
            if holder in self._good:
                return
            raise
        if not good:
            raise InvalidToken

    async def gone(self, holders: Iterable[str]) -> frozenset[str]:
        """Those of `holders` that are signed in no more. Raises Unavailable."""
        asked, found = list(holders), set[str]()
        for start in range(0, len(asked), _AT_ONCE):
            piece = asked[start : start + _AT_ONCE]
            good = await self._ask(piece)
            found |= {holder for holder, is_good in zip(piece, good, strict=True) if not is_good}
        return frozenset(found)

    async def _ask(self, holders: Sequence[str]) -> list[bool]:
        async with self._connect() as connection:
            standing = await still_signed_in(connection, holders, now=datetime.now(UTC))
        asked_at = monotonic()
        for holder in holders:
            self._good.pop(holder, None)
            if holder in standing:
                self._good[holder] = asked_at
        while len(self._good) > _REMEMBERED:
            self._good.popitem(last=False)
        return [holder in standing for holder in holders]
