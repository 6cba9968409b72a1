"""Receipts: whether a ballot was counted. Never what it says, and never whose it is."""

from dataclasses import dataclass
from datetime import datetime

from voting.models import RECEIPT_LENGTH, Ballot, BallotState


@dataclass(frozen=True, slots=True)
class Receipt:
    """`counted` is whether the ballot counts at this moment; `round` is its number, `at` when the vote reached us."""

    counted: bool
    round: int
    at: datetime


def receipt_named(code: str) -> Receipt | None:
    """What the receipt code says; case does not matter. None for a code that nobody was given."""
    if len(code) != RECEIPT_LENGTH:
        return None
    ballot = Ballot.objects.select_related("round").filter(receipt=code.lower()).first()
    if ballot is None:
        return None
    return Receipt(ballot.state == BallotState.ACCEPTED, ballot.round.number, ballot.received_at)
