"""An event's line-up: who is on it, invitations and their answers."""

from collections.abc import Callable

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.idempotency import idempotent
from accounts.policies import EmailUnverified
from config.lib.api.views import PUBLIC, ApiView
from events.api.serializers import SlotBody, SlotSerializer
from events.models import Slot
from events.policies import event_to_see, may_run
from events.services import lineup
from events.services.events import EventNotEditable
from events.services.lineup import LineUpFull, NewArtist, SlotCannotMove
from messaging.services.addresses import NotAMailAddress
from messaging.services.outbox import ChannelNotOffered


class LineUpView(ApiView):
    scopes = {"GET": PUBLIC, "POST": "events:write"}
    refusals = {
        "POST": (
            EventNotEditable,
            SlotCannotMove,
            LineUpFull,
            EmailUnverified,
            NotAMailAddress,
            ChannelNotOffered,
        )
    }

    @extend_schema(operation_id="lineup_list", responses=SlotSerializer(many=True), tags=["line-up"])
    def get(self, request: Request, event_id: str) -> Response:
        """Who is on the ballot, by number; whoever runs the event also sees who declined or was withdrawn."""
        actor = actor_of(request)
        event = event_to_see(actor, event_id)
        slots = event.lineup.all() if may_run(actor, event) else event.lineup.on_the_ballot()
        return self.page(request, slots.in_order(), SlotSerializer, ordering="ballot_number")

    @extend_schema(operation_id="lineup_invite", request=SlotBody, responses={201: SlotSerializer}, tags=["line-up"])
    @idempotent
    def post(self, request: Request, event_id: str) -> Response:
        """Invite an artist. Who has no profile yet gets one; with an `email`, an invitation goes there."""
        body = self.body(request, SlotBody)
        slot = lineup.invite(
            actor=actor_of(request),
            public_id=event_id,
            artist=body["artist"] if "artist" in body else NewArtist(body["name"], body.get("email", "")),
            set_at=body.get("set_at"),
            now=timezone.now(),
        )
        location = reverse("events:slot", args=[event_id, slot.artist.public_id])
        return Response(SlotSerializer(slot).data, status=201, headers={"Location": location})


class SlotView(ApiView):
    scopes = {"DELETE": "events:write"}
    refusals = {"DELETE": (EventNotEditable, SlotCannotMove)}

    @extend_schema(operation_id="lineup_remove", responses={204: None}, tags=["line-up"])
    def delete(self, request: Request, event_id: str, artist_id: str) -> Response:
        """Take an artist off the ballot. The number stays theirs."""
        lineup.remove(actor=actor_of(request), public_id=event_id, artist_id=artist_id, now=timezone.now())
        return Response(status=204)


class _RespondView(ApiView):
    """The artist's owner answers an invitation."""

    scopes = {"POST": "artists:write"}
    refusals = {"POST": (SlotCannotMove,)}
    service: Callable[..., Slot]

    @extend_schema(request=None, responses=SlotSerializer, tags=["line-up"])
    def post(self, request: Request, event_id: str, artist_id: str) -> Response:
        slot = type(self).service(actor=actor_of(request), public_id=event_id, artist_id=artist_id, now=timezone.now())
        return Response(SlotSerializer(slot).data)


@extend_schema_view(post=extend_schema(operation_id="lineup_accept", description="Say yes for the artist you own."))
class AcceptView(_RespondView):
    service = lineup.accept


@extend_schema_view(post=extend_schema(operation_id="lineup_decline", description="Say no for the artist you own."))
class DeclineView(_RespondView):
    service = lineup.decline
