"""A vote on its way into the ballot box, what becomes of it, and the ways in which it can be refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Refusal
from config.lib.public_ids import new_public_id
from voting.models import RECEIPT_LENGTH


class AttendeeNotConfirmed(Refusal):
    status = 403
    message = _("You are not confirmed for this event, so you cannot vote.")


class VotingTokenExpired(Refusal):
    status = 403
    message = _("This voting token has expired. Ask for a new one.")


class EventNotLive(Refusal):
    status = 409
    message = _("This event is not live.")


class RoundClosed(Refusal):
    status = 409
    message = _("There is no open round to vote in.")


class ArtistNotInRound(Refusal):
    status = 422
    message = _("This artist is not on the ballot of this round.")


# What a stored vote can be refused with: its ballot is kept with this reason.
REFUSALS: Final[dict[str, type[Refusal]]] = {
    refusal.code: refusal
    for refusal in (VotingTokenExpired, AttendeeNotConfirmed, EventNotLive, RoundClosed, ArtistNotInRound)
}


def why_not_counted(reason: str) -> str | Promise:
    """The `reason` of a ballot that was not counted, in words: a refusal, or that another vote stands."""
    refusal = REFUSALS.get(reason)
    return refusal.message if refusal else _("Had voted already. The first vote stands.")


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """Words for one outcome: the kind of message and its text, in which `{receipt}` stands for the receipt."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Replies:
    """The reply to a text that carries a vote; stored with the ballot.

    `answers` has one for "accepted", "duplicate" and each code of REFUSALS that can come up. The rest is as in messaging's
    REPLY_COLUMNS.
    """

    inbound_id: int
    address_id: int
    sender_id: int | None
    topic: str
    language: str
    decision: str
    answers: Mapping[str, Answer]
    public_id: str = field(default_factory=new_public_id)


@dataclass(frozen=True, slots=True)
class Vote:
    """`source` is 32 bytes that name what carried the vote; the same source is counted once, however often it comes.

    `entry_id` is None for an artist who is not in the round. `refused` is the code of a refusal that was decided before the
    vote came here; it is then stored as refused, whatever else is true.
    """

    round_id: int
    attendee_id: int
    entry_id: int | None
    channel: str
    source: bytes
    received_at: datetime
    refused: str = ""
    replies: Replies | None = None
    receipt: str = field(default_factory=partial(new_public_id, RECEIPT_LENGTH))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a vote. `receipt` is the standing ballot's: this vote's own, or the earlier one's; "" if refused.

    `refusal` is set for REFUSED. `reply` is the stored answer to the text that carried the vote; None without one, and
    where that text had its answer already.
    """

    verdict: Verdict
    receipt: str = ""
    refusal: type[Refusal] | None = None
    reply: Answer | None = None
