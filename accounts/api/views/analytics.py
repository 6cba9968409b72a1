"""Analytics events, for admins and their programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.api.serializers.analytics import AnalyticsEventSerializer, AnalyticsFilters
from accounts.models import AnalyticsEvent
from accounts.policies import require_admin
from config.lib.api.views import ApiView
from config.lib.errors import ValidationError


class AnalyticsView(ApiView):
    scopes = {"GET": "admin:analytics"}
    refusals = {"GET": (ValidationError,)}

    @extend_schema(
        operation_id="admin_analytics",
        parameters=[AnalyticsFilters],
        responses=AnalyticsEventSerializer(many=True),
        tags=["admin"],
    )
    def get(self, request: Request) -> Response:
        """What happened on the pages, oldest first. `from` and `to` name a time: without them it is everything that is kept."""
        require_admin(actor_of(request))
        filters = AnalyticsFilters(data=request.query_params.dict())
        filters.is_valid(raise_exception=True)
        found = AnalyticsEvent.objects.filter(**filters.validated_data)
        return self.page(request, found, AnalyticsEventSerializer, ordering="at,id")
