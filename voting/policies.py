"""Who may run the rounds of an event: those who may run the event."""

from accounts.actors import Actor
from accounts.policies import require_scope
from config.lib.errors import NotFound
from events.models import Event
from events.policies import events_run_by
from voting.models import Round
from voting.querysets import RoundQuerySet

SCOPE = "rounds:write"


def event_to_control(actor: Actor, pk: int) -> Event:
    """An event this actor runs, with venue, sender and owner. Raises AuthRequired, InsufficientScope, NotFound."""
    require_scope(actor, SCOPE)
    event = events_run_by(actor).select_related("venue", "sender", "owner").filter(pk=pk).first()
    if event is None:
        raise NotFound
    return event


def rounds_run_by(actor: Actor) -> RoundQuerySet:
    """The rounds of the events this actor runs. Raises AuthRequired, InsufficientScope."""
    require_scope(actor, SCOPE)
    return Round.objects.filter(event__in=events_run_by(actor))
