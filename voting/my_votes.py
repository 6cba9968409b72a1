"""The votes somebody cast, as their own page shows them. Nobody else ever sees whose vote was for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import User
from config.lib.pagination import page_or_first
from events.listings import State
from events.local_time import clock, short_day
from events.persons import all_attendees
from voting.models import Ballot, BallotChannel, BallotState

PAGE: Final = 20
_LATEST: Final = ("-received_at", "-id")
_STATES: Final[Mapping[str, State]] = {
    BallotState.ACCEPTED: State(gettext_lazy("Counted"), "good"),
    BallotState.QUARANTINED: State(gettext_lazy("Held back for review"), "warn"),
    BallotState.SUPERSEDED: State(gettext_lazy("Replaced"), "quiet"),
}
_WAYS: Final[Mapping[str, str | Promise]] = {
    BallotChannel.SMS: gettext_lazy("by text"),
    BallotChannel.WEB: gettext_lazy("on the web"),
    BallotChannel.API: gettext_lazy("in an app"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class MyVote:
    """One vote: for whom, where, when by the venue's clock, by which way, and whether it counts."""

    artist: str
    event: str
    round: str
    day: str
    time: str
    way: str | Promise
    receipt: str
    state: State


@dataclass(frozen=True, kw_only=True, slots=True)
class MyVotes:
    """The newest first; `following` and `previous` are the cursors of the pages beside this one, "" at the ends."""

    votes: Sequence[MyVote]
    following: str
    previous: str


def my_votes_of(user: User, *, cursor: str = "", limit: int = PAGE) -> MyVotes:
    """In one query; a cursor that is not one of ours begins at the newest. What was refused when cast is no vote."""
    cast = Ballot.objects.filter(attendee__in=all_attendees(user).values("pk"), state__in=list(_STATES))
    cast = cast.filter(round__event__held_at=None)
    shown = cast.select_related("round__event__venue", "entry__slot__artist")
    page = page_or_first(shown, ordering=_LATEST, cursor=cursor, limit=limit)
    return MyVotes(
        votes=[_my_vote(ballot) for ballot in page.rows], following=page.next or "", previous=page.previous or ""
    )


def _my_vote(ballot: Ballot) -> MyVote:
    assert ballot.entry, "a standing ballot names its entry: a constraint says so"
    event = ballot.round.event
    return MyVote(
        artist=ballot.entry.slot.billed_as,
        event=event.title,
        round=ballot.round.title,
        day=short_day(ballot.received_at, event.venue.timezone),
        time=clock(ballot.received_at, event.venue.timezone),
        way=_WAYS[ballot.channel],
        receipt=ballot.receipt,
        state=_STATES[ballot.state],
    )
