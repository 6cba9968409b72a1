"""Casting a vote from the vote page: the same box as a text or a call of the API, with the page's own token.

The process's box is awaited, so that a whole room that taps at once is stored by a few statements on one connection.
"""

from datetime import datetime

from events.models import Attendee
from voting import process, tokens
from voting.models import BallotChannel
from voting.tokens import BadToken
from voting.vote import Outcome, Vote, VotingTokenExpired


async def cast(*, attendee: Attendee, token: str, number: int, now: datetime) -> Outcome:
    """What became of the attendee's vote for a ballot number in the round of the token: accepted or duplicate, committed.

    The token names its round, so a vote from an older page can count in no other. Raises BadToken (also for a token of
    somebody else), the refusals of the ballot box, Unavailable.
    """
    named = tokens.read(token)
    paper = await process.current().papers.of(named.round_id)
    if paper is None or named.attendee_id != attendee.pk:
        raise BadToken
    outcome = await process.current().box.cast(
        Vote(
            round_id=named.round_id,
            attendee_id=named.attendee_id,
            entry_id=next((line.entry_id for line in paper.lines if line.number == number), None),
            channel=BallotChannel.WEB.value,
            source=named.digest,
            received_at=now,
            refused=VotingTokenExpired.code if named.has_expired(now) else "",
        )
    )
    if outcome.refusal:
        raise outcome.refusal
    return outcome
