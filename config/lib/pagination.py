"""Lists by cursor: as fast on page 1,000 as on page 1, and exact while rows come and go.

A cursor holds the ordering columns of the row it stands beside, encrypted, so it tells nothing about internal keys and
nobody else can make one (keyset pagination: https://use-the-index-luke.com/no-offset).
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Detail, Malformed
from config.lib.secrets import Undecryptable, decrypt, encrypt

DEFAULT_LIMIT = 20
_MAX_CURSOR_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in their order, and the cursors of the pages beside them (None at the ends)."""

    rows: list[Any]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Stands beside the row with these values; `backwards` reads what comes before it."""

    ordering: tuple[str, ...]
    values: tuple[str, ...]
    backwards: bool

    def encoded(self) -> str:
        return encrypt(json.dumps([self.ordering, self.values, self.backwards]), purpose="cursor")


def bad_parameter(name: str) -> Malformed:
    """The refusal for a query parameter that cannot be read."""
    return Malformed(details=[Detail(name, "invalid", _("This value cannot be read."))])


def limit_from(text: str) -> int:
    """The `limit` parameter: 1 to 100, 20 when it is absent. Raises Malformed."""
    if not text:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[1-9][0-9]?|100", text):
        raise bad_parameter("limit")
    return int(text)


def page_of(rows: QuerySet[Any], *, ordering: Sequence[str], cursor: str = "", limit: int = DEFAULT_LIMIT) -> Page:
    """One page of `rows`, in one query. Raises Malformed for a cursor that is not one of ours, or of another ordering.

    `ordering` names columns of the rows themselves (or annotations) without NULLs, the last one unique.
    """
    ordering = tuple(ordering)
    at = _decoded(cursor, ordering) if cursor else None
    backwards = at is not None and at.backwards
    direction = tuple(_reversed(name) for name in ordering) if backwards else ordering
    if at:
        rows = rows.filter(_beyond(rows, direction, at.values))
    found = list(rows.order_by(*direction)[: limit + 1])
    more, shown = len(found) > limit, found[:limit]
    if backwards:
        shown.reverse()
    return Page(
        rows=shown,
        next=_beside(shown, ordering, backwards=False) if more or backwards else None,
        previous=_beside(shown, ordering, backwards=True) if (more if backwards else at) else None,
    )


def page_or_first(
    rows: QuerySet[Any], *, ordering: Sequence[str], cursor: str = "", limit: int = DEFAULT_LIMIT
) -> Page:
    """`page_of`, for people who come by an old link: any cursor that is not one of ours begins at the first page."""
    try:
        return page_of(rows, ordering=ordering, cursor=cursor, limit=limit)
    except Malformed:
        return page_of(rows, ordering=ordering, limit=limit)


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beside(shown: list[Any], ordering: tuple[str, ...], *, backwards: bool) -> str | None:
    if not shown:
        return None
    row = shown[0] if backwards else shown[-1]
    return _Cursor(ordering, tuple(str(getattr(row, name.lstrip("-"))) for name in ordering), backwards).encoded()


def _decoded(cursor: str, ordering: tuple[str, ...]) -> _Cursor:
    if len(cursor) > _MAX_CURSOR_CHARS or not cursor.isascii():
        raise bad_parameter("cursor")
    try:
        made_for, values, backwards = json.loads(decrypt(cursor, purpose="cursor"))
    except Undecryptable as error:
        raise bad_parameter("cursor") from error
    if tuple(made_for) != ordering:
        raise bad_parameter("cursor")
    return _Cursor(ordering, tuple(values), backwards)


def _field(rows: QuerySet[Any], name: str) -> Any:
    annotation = rows.query.annotations.get(name)
    return rows.model._meta.get_field(name) if annotation is None else annotation.output_field


def _beyond(rows: QuerySet[Any], direction: tuple[str, ...], texts: tuple[str, ...]) -> Q:
    """(a, b) > (x, y), spelled out because directions may differ: a > x, or a = x and b > y; with a >= x for the index."""
    names = [name.lstrip("-") for name in direction]
    values = [_field(rows, name).to_python(text) for name, text in zip(names, texts, strict=True)]
    beyond = Q()
    equal = Q()
    for signed, name, value in zip(direction, names, values, strict=True):
        step = "lt" if signed.startswith("-") else "gt"
        beyond |= equal & Q(**{f"{name}__{step}": value})
        equal &= Q(**{name: value})
    first = "lte" if direction[0].startswith("-") else "gte"
    return Q(**{f"{names[0]}__{first}": values[0]}) & beyond
