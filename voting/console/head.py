"""What stands above a round in the console: how it stands, what comes next, and its result per channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.urls import reverse
from django.utils.functional import Promise

from events.models import Slot
from voting.control_steps import Step, step_of
from voting.directory import ballot_of, detailed
from voting.models import BallotChannel, Round, RoundStatus, Tally

Kind = Literal["plain", "live", "good", "warn", "bad", "quiet"]

KINDS: Final[dict[str, Kind]] = {
    RoundStatus.PLANNED: "plain",
    RoundStatus.OPEN: "live",
    RoundStatus.CLOSING: "live",
    RoundStatus.CLOSED: "warn",
    RoundStatus.REVEALED: "good",
    RoundStatus.DISPUTED: "bad",
}


@dataclass(frozen=True, slots=True)
class ResultRow:
    """An artist's accepted votes, by channel in the order of `RoundHead.channels`."""

    number: int
    artist: str
    votes: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.votes)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundHead:
    """`step` is what the round can do next, and `step_href` the page that asks whether it should."""

    round: Round
    status: str
    kind: Kind
    step: Step | None
    step_href: str
    control: str
    channels: Sequence[str | Promise]
    rows: Sequence[ResultRow]

    @property
    def has_result(self) -> bool:
        return self.round.status != RoundStatus.PLANNED


def head_of(round_: Round) -> RoundHead:
    """Four queries, however many are on the ballot."""
    step = step_of(round_)
    return RoundHead(
        round=round_,
        status=str(round_.get_status_display()),
        kind=KINDS[round_.status],
        step=step,
        step_href=reverse("admin:voting_round_step", args=[round_.pk, step.action]) if step else "",
        control=reverse("admin:control-room", args=[round_.event_id]),
        channels=[channel.label for channel in BallotChannel],
        rows=_rows(round_),
    )


def _rows(round_: Round) -> list[ResultRow]:
    """The most votes first; before it opens, whoever would be on the ballot by number."""
    tallies = Tally.objects.filter(round=round_).values_list("entry__slot_id", "channel", "votes")
    votes = {(slot, channel): count for slot, channel, count in tallies}
    rows = [_row(slot, votes) for slot in ballot_of(detailed(round_))]
    return sorted(rows, key=lambda row: (-row.total, row.number))


def _row(slot: Slot, votes: dict[tuple[int, str], int]) -> ResultRow:
    counts = [votes.get((slot.pk, channel), 0) for channel in BallotChannel]
    return ResultRow(slot.ballot_number, slot.artist.name, counts)
