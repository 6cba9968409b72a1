"""Who is looking at a leaderboard: a short-lived signed token that edge, streams and sockets check without a query.

It ends with what its holder was signed in with (`voting/holders.py`).

Pages and the API hand it out to whoever may see the event; it names the event and the audience. Without one a viewer is
a fan of a public event, and a private event is not there.
"""

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Here
from accounts.policies import scopes_of
from config.lib.errors import Forbidden, InvalidToken, NotFound
from config.lib.public_ids import ALPHABET, LENGTH
from config.lib.signing import sign, unsign
from events.models import Event, EventAccess, EventStatus
from events.policies import may_run
from voting import relay
from voting.board import Board
from voting.leaderboard import Audience

ORGANIZER_SCOPE: Final = "rounds:write"
_PURPOSE: Final = "viewing"
_PUBLIC_ID: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


class NotYourAudience(Forbidden):
    message = _("Only people who run this event may look at it this way.")


def audience_for(actor: Actor, event: Event, *, wanted: Audience | None = None) -> Audience:
    """How this actor, who may see the event, may look at it: as the organizer if they run it, else as a fan.

    Raises NotYourAudience when `wanted` is another than a fan's and they do not run it, or lack the scope.
    """
    granted = scopes_of(actor)
    runs_it = bool({"*", ORGANIZER_SCOPE} & granted) and may_run(actor, event)
    if wanted not in {None, Audience.FAN} and not runs_it:
        raise NotYourAudience
    return wanted or (Audience.ORGANIZER if runs_it else Audience.FAN)


def opens_without_token(event: Event, audience: Audience) -> bool:
    """Whether `admit` lets this audience in without a token: fans of an event that anyone may see."""
    return (
        audience == Audience.FAN
        and event.status != EventStatus.DRAFT
        and event.access != EventAccess.PRIVATE
        and event.held_at is None
    )


def viewing_token(event: Event, audience: Audience, *, holder: Here, now: datetime) -> tuple[str, datetime]:
    """The token and when it expires: VIEWING_TOKEN_SECONDS from now, or when `holder` is signed in no more."""
    expires_at = now + timedelta(seconds=settings.VIEWING_TOKEN_SECONDS)
    payload = f"{audience}:{event.public_id}:{holder.public_id}".encode()
    return sign(payload, purpose=_PURPOSE, expires_at=expires_at), expires_at


class Admitted(NamedTuple):
    """How somebody may look, and the public id of what they are signed in with; "" for nobody."""

    audience: Audience
    holder: str


def read_token(token: str, *, event: str, now: datetime) -> Admitted:
    """What the token stands for, whoever holds it by now. Raises InvalidToken (also for another event's), TokenExpired."""
    match unsign(token, purpose=_PURPOSE, now=now).decode().split(":"):
        case [audience, named, holder] if named == event:
            return Admitted(Audience(audience), holder)
    raise InvalidToken


async def admit(event: str, token: str, *, now: datetime) -> tuple[Board, Admitted]:
    """The newest board of the event with this public id and to whom it is shown; `token` is "" without one.

    Raises NotFound (also for a private event or a draft without a token, and for one that is held), InvalidToken, TokenExpired, Unavailable.
    """
    if not _PUBLIC_ID.fullmatch(event):
        raise NotFound
    admitted = read_token(token, event=event, now=now) if token else None
    if admitted is not None:
        await relay.current().holders.require(admitted.holder)
    board = await relay.current().board(event)
    if board is None or (admitted is None and not board.public):
        raise NotFound
    if admitted is not None and not board.is_for(admitted.audience):
        raise NotFound
    return board, admitted or Admitted(Audience.FAN, "")
