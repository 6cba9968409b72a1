"""Artists' profiles: find, read, edit."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from artists.api.serializers import ArtistBody, ArtistFilters, ArtistSerializer
from artists.models import Artist
from artists.policies import artist_to_see, artists_seen_by
from artists.services import profiles
from config.lib.api.etags import expected_version
from config.lib.api.views import PUBLIC, ApiView
from config.lib.errors import StaleVersion, ValidationError


class ArtistsView(ApiView):
    scopes = {"GET": PUBLIC}
    refusals = {"GET": (ValidationError,)}
    orderings = ("name", "-name", "created_at", "-created_at")

    @extend_schema(
        operation_id="artists_list", parameters=[ArtistFilters], responses=ArtistSerializer(many=True), tags=["artists"]
    )
    def get(self, request: Request) -> Response:
        """Artists by name."""
        filters = ArtistFilters(data=request.query_params.dict())
        filters.is_valid(raise_exception=True)
        artists = artists_seen_by(actor_of(request)).matching(**filters.validated_data)
        return self.page(request, artists, ArtistSerializer, ordering="name,id")


class ArtistView(ApiView):
    scopes = {"GET": PUBLIC, "PATCH": "artists:write"}
    refusals = {"PATCH": (StaleVersion,)}

    @extend_schema(operation_id="artists_read", responses=ArtistSerializer, tags=["artists"])
    def get(self, request: Request, artist_id: str) -> Response:
        """An artist's profile."""
        response = self._answer(request, artist_to_see(actor_of(request), artist_id))
        response["Cache-Control"] = "public, no-cache"
        return response

    @extend_schema(operation_id="artists_edit", request=ArtistBody, responses=ArtistSerializer, tags=["artists"])
    def patch(self, request: Request, artist_id: str) -> Response:
        """Change what is named in your artist's profile."""
        expected = expected_version(request, artist_id)
        changes = self.body(request, ArtistBody, partial=True)
        edited = profiles.edit(
            actor=actor_of(request),
            public_id=artist_id,
            changes=changes,
            expected_version=expected,
            now=timezone.now(),
        )
        return self._answer(request, edited)

    def _answer(self, request: Request, artist: Artist) -> Response:
        data = ArtistSerializer(artist).data
        return self.resource(request, data, public_id=artist.public_id, version=artist.version)
