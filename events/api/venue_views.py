"""The organizer's venues."""

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.idempotency import idempotent
from config.lib.api.views import ApiView
from events.api.serializers import VenueBody, VenueSerializer
from events.policies import venues_of
from events.services import venues
from events.services.venues import NewVenue


class VenuesView(ApiView):
    scopes = {"GET": "events:write", "POST": "events:write"}

    @extend_schema(operation_id="venues_list", responses=VenueSerializer(many=True), tags=["venues"])
    def get(self, request: Request) -> Response:
        """Your venues by name."""
        return self.page(request, venues_of(actor_of(request)), VenueSerializer, ordering="name,id")

    @extend_schema(operation_id="venues_create", request=VenueBody, responses={201: VenueSerializer}, tags=["venues"])
    @idempotent
    def post(self, request: Request) -> Response:
        """A venue of yours; one of exactly this description that is there already is used again."""
        venue = venues.create(
            actor=actor_of(request), venue=NewVenue(**self.body(request, VenueBody)), now=timezone.now()
        )
        return Response(VenueSerializer(venue).data, status=201, headers={"Location": reverse("events:venues")})
