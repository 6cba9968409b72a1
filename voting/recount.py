"""Counting the ballots of a round again, to hold the tally against them."""

from dataclasses import dataclass

from django.db.models import Count

from voting.models import Ballot, BallotState, Round, Tally


@dataclass(frozen=True, slots=True)
class Difference:
    """Where ballots and tally say different things."""

    entry_id: int
    channel: str
    ballots: int
    tally: int


def differences(round_: Round) -> list[Difference]:
    """Every entry and channel for which the accepted ballots do not equal the tally; empty when all is well."""
    accepted = Ballot.objects.filter(round=round_, state=BallotState.ACCEPTED)
    rows = accepted.values("entry_id", "channel").annotate(votes=Count("pk"))
    counted = {(row["entry_id"], row["channel"]): row["votes"] for row in rows}
    tallies = Tally.objects.filter(round=round_).values_list("entry_id", "channel", "votes")
    tallied = {(entry, channel): votes for entry, channel, votes in tallies}
    return [
        Difference(entry, channel, counted.get((entry, channel), 0), tallied.get((entry, channel), 0))
        for entry, channel in sorted(counted.keys() | tallied.keys())
        if counted.get((entry, channel), 0) != tallied.get((entry, channel), 0)
    ]
