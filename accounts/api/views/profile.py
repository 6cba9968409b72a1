"""The profile."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.api.serializers.profile import ProfileBody, ProfileSerializer
from accounts.models import User
from accounts.policies import signed_in
from accounts.services.profile import edit_profile
from config.lib.api.etags import expected_version
from config.lib.api.views import ApiView
from config.lib.errors import StaleVersion


class ProfileView(ApiView):
    scopes = {"GET": "profile:read", "PATCH": "profile:write"}
    refusals = {"PATCH": (StaleVersion,)}

    @extend_schema(operation_id="auth_profile", responses=ProfileSerializer, tags=["auth"])
    def get(self, request: Request) -> Response:
        """The account that asks."""
        return self._answer(request, signed_in(actor_of(request)))

    @extend_schema(operation_id="auth_edit_profile", request=ProfileBody, responses=ProfileSerializer, tags=["auth"])
    def patch(self, request: Request) -> Response:
        """Change what is named; a new phone number is an unverified one."""
        actor = actor_of(request)
        expected = expected_version(request, signed_in(actor).public_id)
        body = self.body(request, ProfileBody, partial=True)
        return self._answer(request, edit_profile(actor=actor, expected_version=expected, now=timezone.now(), **body))

    def _answer(self, request: Request, user: User) -> Response:
        data = ProfileSerializer(user).data
        return self.resource(request, data, public_id=user.public_id, version=user.version)
