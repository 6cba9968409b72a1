"""Lists by cursor: as fast on page 1,000 as on page 1."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

from config.lib.api.envelope import Enveloped, envelope


def _cursor_in(link: str | None) -> str | None:
    return parse_qs(urlsplit(link).query)["cursor"][0] if link else None


class CursorPages(CursorPagination):
    """`?cursor=&limit=` (1 to 100, 20 by default); `meta.next` and `meta.previous` are cursors, null at the ends.

    A view states its `ordering`; the last column must be unique or pages could skip rows.
    """

    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering = "-id"

    def get_paginated_response(self, data: Any) -> Response:
        meta = {"next": _cursor_in(self.get_next_link()), "previous": _cursor_in(self.get_previous_link())}
        return Response(Enveloped(envelope(data=data, meta=meta)))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page's data is the array itself; the envelope is added for every answer alike."""
        return schema
