"""Noting what happens on the pages, in passing: a view says what it shows, and goes on.

Notes wait in memory and are stored together once a second by the process's own connection (`part`, see
config/lib/lifespan.py), with COPY. So a page pays a few microseconds for one; the price is that a killed process loses its
last second. While the database is away they wait, up to `MOST_WAITING`; then the oldest go.
"""

import asyncio
import hmac
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, Protocol

import structlog
from django.http import HttpRequest
from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts.models.analytics import AnalyticsKind
from config.lib.api.throttling import address_of
from config.lib.errors import Unavailable
from config.lib.raw_connection import RawConnection
from config.lib.secrets import keys_for

MOST_WAITING: Final = 50_000
EVERY_SECONDS: Final = 1.0
# What could not be stored for so long is stored as of now: an hour that was handed over gets no more events.
LATE: Final = timedelta(minutes=5)
_AT_ONCE: Final = 5_000
_MACHINES: Final = re.compile(r"bot|crawl|spider|slurp|preview|facebookexternalhit|headless|monitor", re.IGNORECASE)
# How somebody came, as our links say; others may say anything there, and a batch with a NUL in it could not be stored.
_WAY: Final = re.compile(r"[\w-]{1,16}", re.ASCII)
_COPY: Final = "COPY accounts_analyticsevent (at, kind, entity, visitor, data) FROM STDIN"

logger = structlog.get_logger(__name__)


class Named(Protocol):
    """A row with a public id."""

    public_id: str
    _meta: ClassVar[Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """One event on its way. `entity` is `"<type>:<public id>"` or ""; `data` are JSON values with nothing personal in them."""

    at: datetime
    kind: AnalyticsKind
    entity: str
    visitor: str
    data: dict[str, Any] = field(default_factory=dict)


class Notes:
    """What waits to be stored, oldest first. Safe to add to from any thread."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._waiting: deque[Happening] = deque(maxlen=most)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, happening: Happening) -> None:
        self._waiting.append(happening)

    def take(self, most: int = _AT_ONCE) -> list[Happening]:
        """The oldest, which are ours to store now."""
        taken: list[Happening] = []
        while self._waiting and len(taken) < most:
            taken.append(self._waiting.popleft())
        return taken

    def put_back(self, taken: list[Happening]) -> None:
        """They could not be stored. Where there is no room for all, the oldest are let go."""
        room = (self._waiting.maxlen or 0) - len(self._waiting)
        self._waiting.extendleft(reversed(taken[-room:] if room else []))


notes: Final = Notes()  # of this process


def note(request: HttpRequest, kind: AnalyticsKind, *, of: Named | None = None, **data: Any) -> None:
    """Note that whoever asks did this to something (`of`). Machines that say what they are are not noted."""
    agent = request.headers.get("User-Agent", "")
    if _MACHINES.search(agent):
        return
    now, entity = timezone.now(), f"{of._meta.model_name}:{of.public_id}" if of else ""
    notes.add(Happening(now, kind, entity, _visitor(request, agent, now), data))


def page_view(request: HttpRequest, page: str, *, of: Named | None = None) -> None:
    """Note that a page is looked at; `?via=` says by which shared link somebody came. Parts of a page are no page."""
    if request.method != "GET" or "HX-Request" in request.headers:
        return
    note(request, AnalyticsKind.PAGE_VIEW, of=of, page=page)
    if _WAY.fullmatch(via := request.GET.get("via", "")):
        note(request, AnalyticsKind.SHARE, of=of, page=page, via=via)


def _visitor(request: HttpRequest, agent: str, now: datetime) -> str:
    """The same for one browser at one address for one day, and nothing the next; "" for those who ask not to be counted.

    Global Privacy Control (`Sec-GPC: 1`) and Do Not Track are such a wish.
    """
    if request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1":
        return ""
    seen = f"{now.astimezone(UTC).date()}|{address_of(request)}|{agent}"
    return hmac.digest(keys_for("analytics")[0], seen.encode(), "sha256")[:8].hex()


async def store(connect: RawConnection, happenings: list[Happening]) -> None:
    """Store them, all or none. Raises Unavailable."""
    now = timezone.now()
    async with connect() as connection, connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for each in happenings:
            at = each.at if each.at > now - LATE else now
            await copy.write_row((at, each.kind.value, each.entity, each.visitor, Jsonb(each.data)))


async def flush(connect: RawConnection) -> None:
    """Store what waits; where that is not possible it goes on waiting."""
    while taken := notes.take():
        try:
            await store(connect, taken)
        except Unavailable:
            notes.put_back(taken)
            return


@asynccontextmanager
async def part() -> AsyncIterator[None]:
    """Stores the notes of this process, every second and once more at its end."""
    connect, stopping = RawConnection("analytics"), asyncio.Event()
    storing = asyncio.create_task(_until(stopping, connect))
    try:
        yield
    finally:
        stopping.set()
        await storing
        await connect.close()


async def _until(stopping: asyncio.Event, connect: RawConnection) -> None:
    while not stopping.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(EVERY_SECONDS):
                await stopping.wait()
        await _flush_or_tell(connect)
    await _flush_or_tell(connect)  # it may have stopped before it began


async def _flush_or_tell(connect: RawConnection) -> None:
    """What is wrong with one batch must not end the noting of all others."""
    try:
        await flush(connect)
    except Exception:
        logger.exception("accounts.analytics_lost")
