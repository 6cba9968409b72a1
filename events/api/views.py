"""Events: find, make, read, edit, delete, and move along their life."""

from collections.abc import Callable
from typing import Any, Final, cast

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor, actor_of
from accounts.idempotency import idempotent
from accounts.policies import EmailUnverified
from config.lib.api.etags import expected_version
from config.lib.api.views import PUBLIC, ApiView
from config.lib.errors import StaleVersion, ValidationError
from events import directory
from events.api.serializers import EventBody, EventFilters, EventSerializer
from events.keywords import KeywordTaken
from events.life_cycle import EventCannotMove, EventIsOver
from events.models import Event
from events.policies import event_to_run, event_to_see, events_seen_by, venue_to_use
from events.services import events
from events.services.events import EventAlreadyPublished, EventChanges, EventNotEditable
from events.services.venues import NewVenue
from events.vote_rules import VoteConfigInvalid, VoteRuleNotOffered

_UNFIT: Final = (KeywordTaken, VoteConfigInvalid, VoteRuleNotOffered)


class EventsView(ApiView):
    scopes = {"GET": PUBLIC, "POST": "events:write"}
    refusals = {"GET": (ValidationError,), "POST": _UNFIT}
    orderings = ("starts_at", "-starts_at", "created_at", "-created_at")

    @extend_schema(
        operation_id="events_list", parameters=[EventFilters], responses=EventSerializer(many=True), tags=["events"]
    )
    def get(self, request: Request) -> Response:
        """Events by start: those everyone may see, and yours."""
        filters = EventFilters(data=request.query_params.dict())
        filters.is_valid(raise_exception=True)
        found = directory.find(events_seen_by(actor_of(request)), filters.validated_data)
        return self.page(request, directory.with_details(found), EventSerializer, ordering="starts_at,id")

    @extend_schema(operation_id="events_create", request=EventBody, responses={201: EventSerializer}, tags=["events"])
    @idempotent
    def post(self, request: Request) -> Response:
        """A new draft of yours."""
        actor = actor_of(request)
        given = changes_of(actor, self.body(request, EventBody))
        event = events.create(actor=actor, now=timezone.now(), **given)
        location = reverse("events:event", args=[event.public_id])
        return answer(self, request, event, status=201, location=location)


class EventView(ApiView):
    scopes = {"GET": PUBLIC, "PUT": "events:write", "PATCH": "events:write", "DELETE": "events:write"}
    refusals = {
        "PUT": (*_UNFIT, StaleVersion, EventNotEditable),
        "PATCH": (*_UNFIT, StaleVersion, EventNotEditable),
        "DELETE": (EventAlreadyPublished,),
    }
    limit = "room"

    def limited_as(self, request: Request) -> str:
        """A whole room reads its event at once, behind one address."""
        return f"event:{self.kwargs['event_id']}"

    @extend_schema(operation_id="events_read", responses=EventSerializer, tags=["events"])
    def get(self, request: Request, event_id: str) -> Response:
        """An event with its venue and line-up."""
        response = answer(self, request, event_to_see(actor_of(request), event_id))
        if not request.user.is_authenticated:
            response["Cache-Control"] = "public, no-cache"  # keep it, and ask whether it changed
        return response

    @extend_schema(operation_id="events_replace", request=EventBody, responses=EventSerializer, tags=["events"])
    def put(self, request: Request, event_id: str) -> Response:
        """The event as the body says; what it leaves out goes back to its default, but the keyword stays."""
        return self._edit(request, event_id, {**_DEFAULTS, **self.body(request, EventBody)})

    @extend_schema(operation_id="events_edit", request=EventBody, responses=EventSerializer, tags=["events"])
    def patch(self, request: Request, event_id: str) -> Response:
        """Change what is named."""
        return self._edit(request, event_id, self.body(request, EventBody, partial=True))

    @extend_schema(operation_id="events_delete", responses={204: None}, tags=["events"])
    def delete(self, request: Request, event_id: str) -> Response:
        """Delete a draft; anything else can only be cancelled."""
        events.delete(actor=actor_of(request), public_id=event_id, now=timezone.now())
        return Response(status=204)

    def _edit(self, request: Request, event_id: str, data: dict[str, Any]) -> Response:
        actor = actor_of(request)
        stored = directory.detailed(event_to_run(actor, event_id))
        edited = events.edit(
            actor=actor,
            public_id=event_id,
            changes=changes_of(actor, data),
            expected_version=expected_version(request, _tag(stored)),
            now=timezone.now(),
        )
        return answer(self, request, edited)


class _MoveView(ApiView):
    """One step along an event's life."""

    scopes = {"POST": "events:write"}
    refusals = {"POST": (EventCannotMove,)}
    service: Callable[..., Event]

    @extend_schema(request=None, responses=EventSerializer, tags=["events"])
    def post(self, request: Request, event_id: str) -> Response:
        moved = type(self).service(actor=actor_of(request), public_id=event_id, now=timezone.now())
        return answer(self, request, moved)


@extend_schema_view(
    post=extend_schema(operation_id="events_publish", description="Let everyone it is for see a draft.")
)
class PublishView(_MoveView):
    refusals = {"POST": (EventCannotMove, EventIsOver, EmailUnverified)}
    service = events.publish


@extend_schema_view(
    post=extend_schema(operation_id="events_go_live", description="Start the night, also before its time.")
)
class GoLiveView(_MoveView):
    refusals = {"POST": (EventCannotMove, EventIsOver)}
    service = events.go_live


@extend_schema_view(post=extend_schema(operation_id="events_close", description="End the night, also before its time."))
class CloseView(_MoveView):
    service = events.close


@extend_schema_view(post=extend_schema(operation_id="events_archive", description="Put a closed event away."))
class ArchiveView(_MoveView):
    service = events.archive


@extend_schema_view(post=extend_schema(operation_id="events_cancel", description="Call it off, for good."))
class CancelView(_MoveView):
    service = events.cancel


_DEFAULTS: Final[dict[str, Any]] = {"description": "", "doors_at": None, "category": "", "tags": [], "vote_config": {}}


def changes_of(actor: Actor, data: dict[str, Any]) -> EventChanges:
    """The body's data as the service takes it: the place resolved. Raises ValidationError."""
    changes = {name: value for name, value in data.items() if name not in {"venue", "venue_id"}}
    if "venue" in data:
        changes["venue"] = NewVenue(**data["venue"])
    elif "venue_id" in data:
        changes["venue"] = venue_to_use(actor, data["venue_id"])
    return cast(EventChanges, changes)  # validated by EventBody, whose fields are its keys


def answer(view: ApiView, request: Request, event: Event, *, status: int = 200, location: str = "") -> Response:
    """The event as its own address shows it, with its ETag."""
    shown = directory.detailed(event)
    data = EventSerializer(shown).data
    return view.resource(request, data, public_id=_tag(shown), version=shown.version, status=status, location=location)


def _tag(event: Event) -> str:
    """What stands before the version in an event's ETag: it also changes with the artists and the venue it shows."""
    ballot = directory.ballot_of(event)
    shown = event.venue.version + sum(slot.artist.version for slot in ballot)
    return f"{event.public_id}.{shown}.{len(ballot)}"
