"""Which kinds of message come to the account that asks."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.policies import signed_in
from config.lib.api.views import ApiView
from messaging.api.serializers import KINDS, KindChoiceBody, kinds_answer
from messaging.kind_choices import kind_choices_of
from messaging.services.kind_choices import AlwaysSent, choose_kind


class KindChoicesView(ApiView):
    scopes = {"GET": "profile:read"}

    @extend_schema(
        operation_id="notification_preferences", responses={200: OpenApiResponse(KINDS)}, tags=["notifications"]
    )
    def get(self, request: Request) -> Response:
        """Every kind that can be chosen, by channel; and what always comes."""
        return Response(kinds_answer(kind_choices_of(signed_in(actor_of(request)))))


class KindChoiceView(ApiView):
    scopes = {"PUT": "profile:write"}
    refusals = {"PUT": (AlwaysSent,)}

    @extend_schema(
        operation_id="notification_preferences_put",
        request=KindChoiceBody,
        responses={200: OpenApiResponse(KINDS)},
        tags=["notifications"],
    )
    def put(self, request: Request, kind: str, channel: str) -> Response:
        """Turn one on or off."""
        wanted = self.body(request, KindChoiceBody)["on"]
        user = choose_kind(actor=actor_of(request), kind=kind, channel=channel, wanted=wanted, now=timezone.now())
        return Response(kinds_answer(kind_choices_of(user)))
