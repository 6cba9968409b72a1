"""Rounds: plan, read, edit, open, close, reveal; voting tokens; receipts."""

from collections.abc import Callable

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import actor_of
from accounts.idempotency import idempotent
from config.lib.api.etags import expected_version
from config.lib.api.throttling import address_of
from config.lib.api.views import PUBLIC, ApiView
from config.lib.errors import NotFound, StaleVersion
from events.policies import event_to_see
from voting import directory
from voting.api.serializers import ReceiptSerializer, RoundBody, RoundSerializer, VotingTokenSerializer
from voting.models import Round
from voting.receipts import receipt_named
from voting.round_moves import AnotherRoundOpen, RoundCannotMove
from voting.services import rounds, voting_tokens
from voting.services.rounds import (
    ClosingTimePassed,
    NobodyOnTheBallot,
    RoundNotPlannable,
    RoundNotPlanned,
    TooManyRounds,
)
from voting.vote import AttendeeNotConfirmed, EventNotLive, RoundClosed


def answer(view: ApiView, request: Request, round_: Round, *, status: int = 200, location: str = "") -> Response:
    """The round as it is stored now, with its ETag."""
    shown = directory.detailed(round_)
    data = RoundSerializer(shown).data
    name = f"{shown.event.public_id}-{shown.number}"
    return view.resource(request, data, public_id=name, version=shown.version, status=status, location=location)


class RoundsView(ApiView):
    scopes = {"GET": PUBLIC, "POST": "rounds:write"}
    refusals = {"POST": (RoundNotPlannable, TooManyRounds)}
    limit = "room"

    def limited_as(self, request: Request) -> str:
        """A whole room reads the rounds of its event at once, behind one address."""
        return f"rounds:{self.kwargs['event_id']}"

    @extend_schema(operation_id="rounds_list", responses=RoundSerializer(many=True), tags=["votes"])
    def get(self, request: Request, event_id: str) -> Response:
        """The rounds of an event, by number."""
        event = event_to_see(actor_of(request), event_id)
        found = directory.with_ballots(Round.objects.filter(event=event))
        return self.page(request, found, RoundSerializer, ordering="number")

    @extend_schema(operation_id="rounds_plan", request=RoundBody, responses={201: RoundSerializer}, tags=["votes"])
    @idempotent
    def post(self, request: Request, event_id: str) -> Response:
        """Plan the next round of an event."""
        changes = self.body(request, RoundBody)
        round_ = rounds.plan(actor=actor_of(request), public_id=event_id, changes=changes, now=timezone.now())
        location = reverse("voting:round", args=[event_id, round_.number])
        return answer(self, request, round_, status=201, location=location)


class RoundView(ApiView):
    scopes = {"GET": PUBLIC, "PATCH": "rounds:write"}
    refusals = {"PATCH": (StaleVersion, RoundNotPlanned)}

    @extend_schema(operation_id="rounds_read", responses=RoundSerializer, tags=["votes"])
    def get(self, request: Request, event_id: str, number: int) -> Response:
        """A round with its ballot."""
        event = event_to_see(actor_of(request), event_id)
        round_ = Round.objects.filter(event=event, number=number).first()
        if round_ is None:
            raise NotFound
        return answer(self, request, round_)

    @extend_schema(operation_id="rounds_edit", request=RoundBody, responses=RoundSerializer, tags=["votes"])
    def patch(self, request: Request, event_id: str, number: int) -> Response:
        """Change what is named, while the round is planned."""
        edited = rounds.edit(
            actor=actor_of(request),
            public_id=event_id,
            number=number,
            changes=self.body(request, RoundBody, partial=True),
            expected_version=expected_version(request, f"{event_id}-{number}"),
            now=timezone.now(),
        )
        return answer(self, request, edited)


class _MoveView(ApiView):
    """One step along a round's life."""

    scopes = {"POST": "rounds:write"}
    refusals = {"POST": (RoundCannotMove,)}
    service: Callable[..., Round]

    @extend_schema(request=None, responses=RoundSerializer, tags=["votes"])
    def post(self, request: Request, event_id: str, number: int) -> Response:
        moved = type(self).service(actor=actor_of(request), public_id=event_id, number=number, now=timezone.now())
        return answer(self, request, moved)


@extend_schema_view(
    post=extend_schema(
        operation_id="rounds_open", description="Let people vote. The ballot and the vote rules are fixed then."
    )
)
class OpenView(_MoveView):
    refusals = {"POST": (EventNotLive, RoundCannotMove, AnotherRoundOpen, ClosingTimePassed, NobodyOnTheBallot)}
    service = staticmethod(rounds.open_round)


@extend_schema_view(
    post=extend_schema(
        operation_id="rounds_close",
        description="Let nobody vote any more and count the ballots again; `disputed` where they do not equal the tally.",
    )
)
class CloseView(_MoveView):
    service = staticmethod(rounds.close_round)


@extend_schema_view(
    post=extend_schema(operation_id="rounds_reveal", description="Show everyone the result of a closed round.")
)
class RevealView(_MoveView):
    service = staticmethod(rounds.reveal)


class VotingTokenView(ApiView):
    scopes = {"POST": "votes:write"}
    refusals = {"POST": (AttendeeNotConfirmed, EventNotLive, RoundClosed)}

    @extend_schema(operation_id="voting_token", request=None, responses=VotingTokenSerializer, tags=["votes"])
    def post(self, request: Request, event_id: str) -> Response:
        """A voting token of yours for the open round. However many you get, you have one vote."""
        issued = voting_tokens.issue(actor=actor_of(request), public_id=event_id, now=timezone.now())
        return Response(VotingTokenSerializer(issued).data)


class ReceiptView(ApiView):
    scopes = {"GET": PUBLIC}
    limit = "room"

    def limited_as(self, request: Request) -> str:
        """A whole room looks its receipts up behind one address."""
        return f"receipts:{address_of(request)}"

    @extend_schema(operation_id="votes_receipt", responses=ReceiptSerializer, tags=["votes"])
    def get(self, request: Request, receipt: str) -> Response:
        """Whether the ballot of this receipt is counted. Never what was voted."""
        found = receipt_named(receipt)
        if found is None:
            raise NotFound
        return Response(ReceiptSerializer(found).data)
