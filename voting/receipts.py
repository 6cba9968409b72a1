"""Receipts: whether a ballot was counted. Never what it says, and never whose it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from events.local_time import clock, short_day
from voting.models import RECEIPT_LENGTH, Ballot, BallotState

_MISREAD: Final = str.maketrans("oil", "011")


@dataclass(frozen=True, slots=True)
class Receipt:
    """`counted` is whether the ballot counts at this moment; `round` is its number, `at` when the vote reached us.

    `zone` is that of the venue, as everywhere a night's times are told.
    """

    counted: bool
    round: int
    at: datetime
    zone: str

    @property
    def when(self) -> str:
        """As `Fri 20 Nov, 21:04`, by the clock of the venue."""
        return f"{short_day(self.at, self.zone)}, {clock(self.at, self.zone)}"


def receipt_named(code: str) -> Receipt | None:
    """What the receipt code says. None for a code that nobody was given.

    Case does not matter, nor whether somebody read a 0 as an O, or a 1 as an I or an L (Crockford's base 32).
    """
    if len(code) != RECEIPT_LENGTH or not code.isalnum():
        return None
    spelling = code.lower().translate(_MISREAD)
    ballot = Ballot.objects.select_related("round__event__venue").filter(receipt=spelling).first()
    if ballot is None:
        return None
    zone = ballot.round.event.venue.timezone
    return Receipt(ballot.state == BallotState.ACCEPTED, ballot.round.number, ballot.received_at, zone)
