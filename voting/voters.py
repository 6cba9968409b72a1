"""Who is at the vote page, and with what right: the personal link acts for its attendee, else the signed-in person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.actors import Actor
from accounts.models import User
from config.lib.errors import InvalidToken, TokenExpired
from events.models import Attendee, Event
from events.policies import event_at
from events.services.attendees import BadCode, CodeExpired
from voting.links import attendee_id_of_vote_code


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at an event's vote page. `attendee` is None for whoever is not signed in, or has not joined."""

    actor: Actor
    event: Event
    attendee: Attendee | None
    by_link: bool


def visitor_by_link(actor: Actor, *, code: str, now: datetime) -> Visitor:
    """Whoever holds the personal link is its attendee, or whom they were merged into. Raises BadCode, CodeExpired."""
    try:
        named = Attendee.objects.filter(pk=attendee_id_of_vote_code(code, now=now))
    except InvalidToken as error:
        raise BadCode from error
    except TokenExpired as error:
        raise CodeExpired from error
    found = named.select_related("event__venue", "event__sender", "merged_into").first()
    if found is None:
        raise BadCode
    attendee = found.merged_into or found
    attendee.event = found.event
    return Visitor(actor=actor, event=found.event, attendee=attendee, by_link=True)


def visitor_at(actor: Actor, *, slug: str) -> Visitor:
    """Raises NotFound for drafts and private events of others."""
    event = event_at(actor, slug)
    attendee = attendee_of(actor.user, event) if actor.user else None
    return Visitor(actor=actor, event=event, attendee=attendee, by_link=False)


def attendee_of(user: User, event: Event) -> Attendee | None:
    """As whom this user is at the event, also where another attendee of theirs was merged into it."""
    standing = Attendee.objects.filter(Q(user=user) | Q(merged__user=user), event=event, merged_into=None)
    attendee = standing.order_by("pk").first()
    if attendee:
        attendee.event = event
    return attendee
