"""Who may do what with events. What somebody may not know of is NotFound."""

from typing import Any, Final

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.policies import holds_scope, require_scope, sees_everything, signed_in
from config.lib.errors import Detail, NotFound, ValidationError
from events.models import Attendee, AttendeeImport, Event, Venue
from events.querysets import AttendeeQuerySet, EventQuerySet, VenueQuerySet

_DETAILS: Final = ("venue", "sender", "owner")


def events_seen_by(actor: Actor) -> EventQuerySet:
    """Those this actor may see: everyone the listed ones, people also their own, staff theirs, attendees those they joined."""
    if actor.user is None or not holds_scope(actor, "events:read"):
        return Event.objects.all() if actor.is_platform else Event.objects.listed()
    return Event.objects.all() if sees_everything(actor) else Event.objects.seen_by(actor.user)


def events_run_by(actor: Actor) -> EventQuerySet:
    """Those this actor may change: the owner, managers among the staff, admins."""
    return Event.objects.all() if sees_everything(actor) else Event.objects.run_by(signed_in(actor))


def topics_run_by(actor: Actor) -> "QuerySet[Any, Any]":
    """What messages about those events are filed under (`Event.topic`), as a query of one column."""
    return events_run_by(actor).annotate(filed=Concat(Value("event:"), Cast("pk", CharField()))).values("filed")


def event_to_see(actor: Actor, public_id: str) -> Event:
    """Raises NotFound for drafts and private events of others."""
    return _found(events_seen_by(actor), public_id=public_id)


def event_at(actor: Actor, slug: str) -> Event:
    """`event_to_see` by the address of its page. Raises NotFound for drafts and private events of others."""
    return _found(events_seen_by(actor), slug=slug)


def event_to_run(actor: Actor, public_id: str, scope: str = "events:write") -> Event:
    """Raises AuthRequired or InsufficientScope by the scope, NotFound for events of others."""
    require_scope(actor, scope)
    return _found(events_run_by(actor), public_id=public_id)


def attendees_run_by(actor: Actor) -> AttendeeQuerySet:
    """The attendees of the events this actor may change. Raises AuthRequired, InsufficientScope."""
    require_scope(actor, "attendees:read")
    return Attendee.objects.filter(event__in=events_run_by(actor))


def import_to_run(actor: Actor, public_id: str) -> AttendeeImport:
    """An upload to an event this actor may change, with the event; its file is read when it is asked for.

    Raises AuthRequired, InsufficientScope, NotFound.
    """
    require_scope(actor, "events:write")
    mine = AttendeeImport.objects.filter(event__in=events_run_by(actor)).select_related("event__venue").defer("file")
    found = mine.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def may_run(actor: Actor, event: Event) -> bool:
    """Whether this actor may change the event: what decides how much of it an answer shows."""
    return sees_everything(actor) or (
        actor.user is not None and Event.objects.run_by(actor.user).filter(pk=event.pk).exists()
    )


def venues_of(actor: Actor) -> VenueQuerySet:
    """The venues this actor may hold events at: an organizer's own, an admin any. Raises AuthRequired, InsufficientScope."""
    require_scope(actor, "events:write")
    return Venue.objects.all() if sees_everything(actor) else Venue.objects.owned_by(signed_in(actor))


def venue_to_use(actor: Actor, public_id: str) -> Venue:
    """Raises what `venues_of` raises, and ValidationError for one that is not there or not theirs."""
    venue = venues_of(actor).filter(public_id=public_id).first()
    if venue is None:
        raise ValidationError(details=[Detail("venue_id", "does_not_exist", _("You have no such venue."))])
    return venue


def _found(events: EventQuerySet, **named: str) -> Event:
    event = events.select_related(*_DETAILS).filter(**named).first()
    if event is None:
        raise NotFound
    return event
