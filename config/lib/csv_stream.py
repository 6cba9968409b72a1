"""A list as CSV (RFC 4180), sent while it is read: however long it is, one page of it is in memory."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Final, TypeVar

from channels.db import database_sync_to_async
from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse

M = TypeVar("M", bound=Model)
_PAGE: Final = 2_000
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_stream(
    *, name: str, heads: Sequence[object], rows: "QuerySet[M]", line: Callable[[M], Iterable[object]], page: int = _PAGE
) -> StreamingHttpResponse:
    """A download called `name`, newest rows first: `heads`, then `line(row)` of each of `rows`.

    It is read in pages by key, each a query of its own, so no connection or transaction is held for as long as a slow client
    takes. What `line` looks at must come with the rows (`select_related`).
    """

    async def lines() -> AsyncIterator[bytes]:
        yield _encoded([heads])
        async for found in _pages(rows, page):
            yield _encoded(line(row) for row in found)

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)


async def _pages(rows: "QuerySet[M]", size: int) -> "AsyncIterator[list[M]]":
    rows = rows.order_by("-pk")
    read = database_sync_to_async(list, thread_sensitive=False)
    found: list[M] = await read(rows[:size])
    while found:
        yield found
        found = await read(rows.filter(pk__lt=found[-1].pk)[:size])


def _encoded(lines: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in line] for line in lines)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """The value in words; never a formula: a spreadsheet would run it (OWASP, "CSV Injection")."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
