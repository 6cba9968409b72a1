"""Viewing tokens: how a page or an app is let in to a leaderboard."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from config.lib.api.views import PUBLIC, ApiView
from config.lib.errors import Detail, ValidationError
from events.policies import event_to_see
from voting.leaderboard import Audience
from voting.viewing import NotYourAudience, audience_for, viewing_token


class ViewingTokenSerializer(serializers.Serializer[object]):
    """What lets its holder look at one event's leaderboard as one audience, until it expires."""

    token = serializers.CharField(help_text="For `?viewing=` of the leaderboard, its stream and its socket")
    audience = serializers.ChoiceField([(audience.value, audience.value) for audience in Audience])
    expires_at = serializers.DateTimeField()


def _wanted(request: Request) -> Audience | None:
    text = request.query_params.get("audience", "")
    if not text:
        return None
    try:
        return Audience(text)
    except ValueError:
        message = _("Use one of: fan, organizer, projector.")
        raise ValidationError(details=[Detail("audience", "invalid_choice", message)]) from None


class ViewingTokenView(ApiView):
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (NotYourAudience, ValidationError)}

    @extend_schema(
        operation_id="events_viewing_token",
        request=None,
        responses={200: ViewingTokenSerializer},
        parameters=[OpenApiParameter("audience", str, enum=[audience.value for audience in Audience])],
        tags=["votes"],
    )
    def post(self, request: Request, event_id: str) -> Response:
        """A viewing token: as the organizer for whoever runs the event, as a fan for everyone else who may see it."""
        actor = actor_of(request)
        event = event_to_see(actor, event_id)
        audience = audience_for(actor, event, wanted=_wanted(request))
        token, expires_at = viewing_token(event, audience, holder=actor.here, now=timezone.now())
        return Response(ViewingTokenSerializer({"token": token, "audience": audience, "expires_at": expires_at}).data)
