"""The base of every API view."""

from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from config.lib.api.envelope import Enveloped, envelope
from config.lib.api.etags import etag_of, unchanged
from config.lib.api.scopes import PERSON, PUBLIC
from config.lib.api.throttling import caller_of, network_asking
from config.lib.errors import RateLimitExceeded, Refusal
from config.lib.limits import Allowance, count
from config.lib.pagination import bad_parameter, limit_from, page_of

__all__ = ["PERSON", "PUBLIC", "ApiView"]


class ApiView(APIView):
    """A view names, per method, the scope it needs and the refusals it may answer with (for the document).

    A method without an entry in `scopes` is refused to everyone. `limit` names a limit of the settings that replaces the
    general one; `limit_closed` refuses instead of passing while Redis is away. `orderings` lists what `?ordering=` may
    ask for. Query parameters a view does not know are ignored: links get tracking parameters added on their way.
    """

    scopes: ClassVar[dict[str, str]] = {}
    refusals: ClassVar[dict[str, tuple[type[Refusal], ...]]] = {}
    limit: ClassVar[str | None] = None
    limit_closed: ClassVar[bool] = False
    orderings: ClassVar[tuple[str, ...]] = ()
    rate_allowance: Allowance | None = None

    def limited_as(self, request: Request) -> str:
        """Whom or what the view's own `limit` counts: the caller, unless a view says otherwise (an event, a token)."""
        return caller_of(request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As REST framework has it; what is refused before it was counted is counted, too."""
        try:
            super().initial(request, *args, **kwargs)
        except (Refusal, APIException):
            if self.rate_allowance is None:
                self.check_throttles(request)
            raise

    def perform_authentication(self, request: Request) -> None:
        """Bad credentials count per address, and apart: however many there are, they keep nobody out who has good ones.

        Raises RateLimitExceeded instead of the refusal once there were too many.
        """
        try:
            super().perform_authentication(request)
        except Refusal:
            request.user, request.auth = AnonymousUser(), None
            self.rate_allowance = count("bad_token", network_asking(request))
            if self.rate_allowance and self.rate_allowance.exceeded:
                raise RateLimitExceeded(retry_after=self.rate_allowance.reset) from None
            raise

    def body(self, request: Request, serializer_class: type[BaseSerializer[Any]], *, partial: bool = False) -> Any:
        """The validated body. Raises DRF's ValidationError, which becomes 422."""
        serializer = serializer_class(data=request.data, partial=partial, context={"request": request})
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def page(
        self, request: Request, rows: Any, serializer_class: type[BaseSerializer[Any]], *, ordering: str
    ) -> Response:
        """One page of a list; `ordering` is a comma-separated default whose last column is unique."""
        asked = request.query_params
        page = page_of(
            rows,
            ordering=self._ordering(asked.get("ordering", ""), ordering.split(",")),
            cursor=asked.get("cursor", ""),
            limit=limit_from(asked.get("limit", "")),
        )
        data = serializer_class(page.rows, many=True, context={"request": request}).data
        return Response(Enveloped(envelope(data=data, meta={"next": page.next, "previous": page.previous})))

    def _ordering(self, asked: str, default: list[str]) -> list[str]:
        if not asked:
            return default
        if asked not in self.orderings:
            raise bad_parameter("ordering")
        return [asked, default[-1]]

    def resource(
        self, request: Request, data: Any, *, public_id: str, version: int, status: int = 200, location: str = ""
    ) -> Response:
        """One resource with its ETag; 304 where the client has this state already; 201 answers carry `Location`."""
        etag = etag_of(public_id, version)
        if request.method in {"GET", "HEAD"} and unchanged(request, etag):
            return Response(status=304, headers={"ETag": etag})
        headers = {"ETag": etag, **({"Location": location} if location else {})}
        return Response(data, status=status, headers=headers)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.rate_allowance.headers().items() if self.rate_allowance else ():
            response[name] = value
        response.setdefault("Cache-Control", "no-store")
        return response
