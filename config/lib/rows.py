"""Reading and deleting many rows in small pieces: nobody waits long for a lock, and memory holds one piece at a time."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import QuerySet

PIECE: Final = 2_000


def in_pieces(rows: QuerySet[Any], *columns: str, piece: int = PIECE) -> Iterator[dict[str, Any]]:
    """The named columns of each row, by primary key, a piece to a query (`.iterator()` would fetch everything: PgBouncer)."""
    ordered = rows.order_by("pk").values("pk", *columns)
    last = None
    while True:
        page = list(ordered[:piece] if last is None else ordered.filter(pk__gt=last)[:piece])
        yield from page
        if len(page) < piece:
            return
        last = page[-1]["pk"]


def piecewise(rows: QuerySet[Any], do: Callable[[QuerySet[Any]], int], *, piece: int = PIECE) -> int:
    """`do` something to all of the rows that makes them drop out of the query, and count them; a statement per piece."""
    total = 0
    while True:
        first = list(rows.order_by("pk").values_list("pk", flat=True)[:piece])
        if first:
            do(rows.filter(pk__in=first))
        total += len(first)
        if len(first) < piece:
            return total


def delete_rows(rows: QuerySet[Any]) -> int:
    """For `piecewise`: delete them, with what belongs to them."""
    deleted, _per_model = rows.delete()
    return deleted
