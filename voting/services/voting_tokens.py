"""Handing out voting tokens to signed-in attendees."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings

from accounts.actors import Actor
from accounts.policies import require_scope, signed_in
from events.models import Attendee, EventStatus
from events.policies import event_to_see
from voting import tokens
from voting.models import Round, RoundStatus
from voting.vote import AttendeeNotConfirmed, EventNotLive, RoundClosed


class IssuedToken(NamedTuple):
    """A voting token, the number of its round, and when it expires."""

    token: str
    round: int
    expires_at: datetime


def issue(*, actor: Actor, public_id: str, now: datetime) -> IssuedToken:
    """A voting token of the signed-in attendee for the event's open round, good for VOTING_TOKEN_SECONDS.

    Raises AuthRequired, InsufficientScope, NotFound, AttendeeNotConfirmed, EventNotLive, RoundClosed. Changes nothing: any
    number of tokens is one vote.
    """
    require_scope(actor, "votes:write")
    user = signed_in(actor)
    event = event_to_see(actor, public_id)
    attendee = Attendee.objects.filter(event=event).of(user).confirmed().first()
    if attendee is None:
        raise AttendeeNotConfirmed
    if event.status != EventStatus.LIVE:
        raise EventNotLive
    round_ = Round.objects.filter(event=event, status=RoundStatus.OPEN).first()
    if round_ is None:
        raise RoundClosed
    expires_at = (now + timedelta(seconds=settings.VOTING_TOKEN_SECONDS)).replace(microsecond=0)
    token = tokens.issue(attendee_id=attendee.pk, round_id=round_.pk, expires_at=expires_at)
    return IssuedToken(token, round_.number, expires_at)
