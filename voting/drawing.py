"""A leaderboard as pages draw it: which phase a round is in, its rows, and the few words beside them.

The page's module says the same of every frame that follows (`static/js/leaderboard.js`), with the words given to it here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.numerals import written
from voting.leaderboard import Audience, Contender, Place, RoundFacts, Standings, ranked, withheld
from voting.models import RoundStatus

MANY_VOTES: Final = 500  # from here on a board keeps room for four figures and more
_HOLE: Final = "%s"  # where the page's module writes a name or a number

State = Literal["leader", "vacant", "chasing", "running", "out"]


class Phase(StrEnum):
    """What a viewer of a round sees. The words are the API's own where it has one."""

    WAITING = "waiting"
    OPEN = "open"
    HIDDEN = "hidden"
    COUNTING = "counting"
    SEALED = "sealed"
    DISPUTED = "disputed"
    OVER = "over"


PHASES: Final[Mapping[Phase, str | Promise]] = {
    Phase.WAITING: gettext_lazy("Voting has not opened yet."),
    Phase.OPEN: gettext_lazy("Voting is open."),
    Phase.HIDDEN: gettext_lazy("Voting is open. The result stays hidden for now."),
    Phase.COUNTING: gettext_lazy("Voting is over. We are counting."),
    Phase.SEALED: gettext_lazy("Voting is over. The result is still to be revealed."),
    Phase.DISPUTED: gettext_lazy("Voting is over. The votes are being counted again."),
    Phase.OVER: gettext_lazy("Voting is over. This is the result."),
}
WORDS: Final[Mapping[str, str | Promise]] = {
    "round": gettext_lazy("Round %s"),
    "leads": gettext_lazy("Leads by %s"),
    "won": gettext_lazy("Won by %s"),
    "behind": gettext_lazy("%s behind"),
    "level": gettext_lazy("Level at the top"),
    "vacant": gettext_lazy("Nobody leads yet"),
    "news": gettext_lazy("%s takes the lead."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One artist as `leaderboard_row` takes it. `key` is the artist's public id, `share` of the leader's votes."""

    key: str
    artist: str
    number: int
    place: int
    votes: int
    share: float
    state: State
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """The board of one round. Without figures (`rows` is empty) `ballot` still says who can be voted for.

    `only_you`: the viewer runs the event, and nobody else sees these figures yet. `cut`: after how many rows a line says
    who goes through; 0 for none. `lasts` is the round's length in whole seconds, where it has an end.
    """

    phase: Phase
    round: int | None
    name: str
    rows: Sequence[Row]
    ballot: Sequence[Contender]
    total: int
    only_you: bool
    cut: int
    as_of: datetime
    closes_at: datetime | None
    lasts: int

    @property
    def said(self) -> str:
        """The phase in a sentence."""
        return str(PHASES[self.phase])

    @property
    def shows(self) -> Literal["figures", "names", "nothing"]:
        if self.rows:
            return "figures"
        return "names" if self.ballot else "nothing"

    @property
    def counts_down(self) -> bool:
        return self.closes_at is not None and self.phase in {Phase.OPEN, Phase.HIDDEN}

    @property
    def many_votes(self) -> bool:
        return any(row.votes >= MANY_VOTES for row in self.rows)


def drawn(standings: Standings, *, audience: Audience) -> Drawn:
    """The board as this audience may see it: a withheld result leaves no figure in it."""
    facts = standings.round
    hidden = withheld(facts, audience)
    held = facts is not None and facts.status != RoundStatus.PLANNED
    rows = _rows(standings, over=_is_over(facts)) if held and not hidden else ()
    cut = facts.advance if facts and facts.advance and facts.advance < len(rows) else 0
    return Drawn(
        phase=phase_of(facts, hidden=hidden),
        round=facts.number if facts else None,
        name=facts.title if facts else "",
        rows=[_below_the_cut(row, place, cut) for place, row in enumerate(rows)],
        ballot=standings.contenders,
        total=0 if hidden else standings.total,
        only_you=held and audience == Audience.ORGANIZER and withheld(facts, Audience.FAN),
        cut=cut,
        as_of=standings.as_of,
        closes_at=facts.closes_at if facts else None,
        lasts=_seconds(facts),
    )


def phase_of(facts: RoundFacts | None, *, hidden: bool) -> Phase:
    """What is happening in the round; `hidden` is whether its figures are withheld from who looks."""
    if facts is None or facts.status == RoundStatus.PLANNED:
        return Phase.WAITING
    match facts.status:
        case RoundStatus.DISPUTED:
            return Phase.DISPUTED
        case RoundStatus.OPEN:
            return Phase.HIDDEN if hidden else Phase.OPEN
        case RoundStatus.CLOSING:
            return Phase.COUNTING
    return Phase.SEALED if hidden else Phase.OVER


def words() -> dict[str, str]:
    """What the page's module says of later frames, in the reader's language."""
    return {**{key: str(text) for key, text in WORDS.items()}, **{key: str(text) for key, text in PHASES.items()}}


def go_through(cut: int) -> str:
    """What the line below the last of those who go through says."""
    return _("Top %(count)s go through") % {"count": cut}


def _is_over(facts: RoundFacts | None) -> bool:
    return facts is not None and facts.status in {RoundStatus.CLOSED, RoundStatus.REVEALED}


def _seconds(facts: RoundFacts | None) -> int:
    if facts is None or facts.closes_at is None or facts.opened_at is None:
        return 1
    return max(1, round((facts.closes_at - facts.opened_at).total_seconds()))


def _rows(standings: Standings, *, over: bool) -> list[Row]:
    places = ranked(standings.contenders)
    return [_row(places, position, over=over) for position in range(len(places))]


def _row(places: Sequence[Place], position: int, *, over: bool) -> Row:
    place, top = places[position], places[0].contender.votes
    contender = place.contender
    return Row(
        key=contender.artist,
        artist=contender.name,
        number=contender.ballot_number,
        place=place.rank,
        votes=contender.votes,
        share=contender.votes / top if top else 0.0,
        state=_state(position, top),
        note=_note(places, position, over=over),
    )


def _state(position: int, top: int) -> State:
    if position == 0:
        return "leader" if top else "vacant"
    return "chasing" if position == 1 and top else "running"


def _note(places: Sequence[Place], position: int, *, over: bool) -> str:
    """The lead is told beside the first, what is missing to it beside the second."""
    top = places[0].contender.votes
    if position > 1:
        return ""
    if not top:
        return "" if position else str(WORDS["vacant"])
    lead = top - places[1].contender.votes if len(places) > 1 else top
    if lead == 0:
        return str(WORDS["level"])
    word = "behind" if position else "won" if over else "leads"
    return str(WORDS[word]).replace(_HOLE, written(lead))


def _below_the_cut(row: Row, place: int, cut: int) -> Row:
    return replace(row, state="out") if cut and place >= cut and place > 1 else row
