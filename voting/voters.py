"""Who is at the vote page, and with what right: the personal link acts for its attendee, else the signed-in person."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from events.models import Attendee, Event
from events.policies import event_at
from events.services.attendees import attendee_of_code
from voting.links import PURPOSE


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at an event's vote page. `attendee` is None for whoever is not signed in, or has not joined."""

    actor: Actor
    event: Event
    attendee: Attendee | None
    by_link: bool


def visitor_by_link(actor: Actor, *, code: str, now: datetime) -> Visitor:
    """Whoever holds the personal link is its attendee, or whom they were merged into. Raises BadCode, CodeExpired."""
    attendee = attendee_of_code(code=code, purpose=PURPOSE, now=now)
    return Visitor(actor=actor, event=attendee.event, attendee=attendee, by_link=True)


def visitor_at(actor: Actor, *, slug: str) -> Visitor:
    """Raises NotFound for drafts and private events of others."""
    event = event_at(actor, slug)
    attendee = Attendee.objects.filter(event=event).of(actor.user).first() if actor.user else None
    if attendee:
        attendee.event = event
    return Visitor(actor=actor, event=event, attendee=attendee, by_link=False)
