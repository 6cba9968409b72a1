"""The base of every API view."""

from typing import Any, ClassVar

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from config.lib.api.etags import etag_of, unchanged
from config.lib.api.pagination import CursorPages
from config.lib.api.scopes import PUBLIC, SIGNED_IN
from config.lib.errors import Malformed, Refusal

__all__ = ["PUBLIC", "SIGNED_IN", "ApiView"]


class ApiView(APIView):
    """A view names, per method, the scope it needs and the refusals it may answer with (for the document).

    A method without an entry in `scopes` is refused to everyone.
    """

    scopes: ClassVar[dict[str, str]] = {}
    refusals: ClassVar[dict[str, tuple[type[Refusal], ...]]] = {}
    limit: ClassVar[str | None] = None
    limit_closed: ClassVar[bool] = False

    def body(self, request: Request, serializer_class: type[BaseSerializer[Any]], *, partial: bool = False) -> Any:
        """The validated body. Raises DRF's ValidationError, which becomes 422."""
        serializer = serializer_class(data=request.data, partial=partial, context={"request": request})
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def page(self, request: Request, rows: Any, serializer_class: type[BaseSerializer[Any]], *, ordering: str) -> Response:
        """One page of a list; `ordering` must end in a unique column."""
        pages = CursorPages()
        pages.ordering = tuple(ordering.split(","))
        limit = request.query_params.get("limit", "")
        if limit and not (limit.isdecimal() and 1 <= int(limit) <= CursorPages.max_page_size):
            raise Malformed
        found = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(serializer_class(found, many=True, context={"request": request}).data)

    def resource(
        self, request: Request, data: Any, *, public_id: str, version: int, status: int = 200, location: str = ""
    ) -> Response:
        """One resource with its ETag; 304 where the client has this state already; 201 answers carry `Location`."""
        etag = etag_of(public_id, version)
        if request.method == "GET" and unchanged(request, etag):
            return Response(status=304, headers={"ETag": etag})
        headers = {"ETag": etag, **({"Location": location} if location else {})}
        return Response(data, status=status, headers=headers)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().finalize_response(request, response, *args, **kwargs)
        allowance = getattr(getattr(request, "_request", request), "rate_allowance", None)
        for name, value in allowance.headers().items() if allowance else ():
            response[name] = value
        response.setdefault("Cache-Control", "no-store")
        return response
