"""Joining an event from web or app, and confirming by the personal link."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.idempotency import idempotent
from config.lib.api.views import PUBLIC, ApiView
from events.api.serializers import AttendeeSerializer, ConfirmBody
from events.services import attendees
from events.services.attendees import AttendeeLeft, BadCode, CodeExpired, EventNotJoinable, InvitationNeeded


class JoinView(ApiView):
    scopes = {"POST": "events:join"}
    refusals = {"POST": (EventNotJoinable, InvitationNeeded)}
    limit = "room"

    def limited_as(self, request: Request) -> str:
        """A whole room joins at once, behind one address."""
        return f"event:{self.kwargs['event_id']}"

    @extend_schema(operation_id="attendees_join", request=None, responses=AttendeeSerializer, tags=["attendees"])
    @idempotent
    def post(self, request: Request, event_id: str) -> Response:
        """Join as the signed-in user, confirmed at once. Joining again changes nothing."""
        attendee = attendees.join_signed_in(actor=actor_of(request), public_id=event_id, now=timezone.now())
        return Response(AttendeeSerializer(attendee).data)


class ConfirmView(ApiView):
    scopes = {"POST": PUBLIC}
    refusals = {"POST": (BadCode, CodeExpired, AttendeeLeft, EventNotJoinable)}
    limit = "room"

    def limited_as(self, request: Request) -> str:
        """Per attendee: a whole room confirms at once, behind one address."""
        return f"attendee:{self.kwargs['attendee_id']}"

    @extend_schema(
        operation_id="attendees_confirm", request=ConfirmBody, responses=AttendeeSerializer, tags=["attendees"]
    )
    def post(self, request: Request, attendee_id: str) -> Response:
        """Confirm with the code of the personal link; nobody needs to be signed in."""
        attendee = attendees.confirm(
            actor=actor_of(request),
            attendee_id=attendee_id,
            code=self.body(request, ConfirmBody)["code"],
            now=timezone.now(),
        )
        return Response(AttendeeSerializer(attendee).data)
