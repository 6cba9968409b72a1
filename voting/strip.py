"""The strip on other pages that says how a live night stands, and leads to its leaderboard. The same for everybody."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from config.lib.numerals import written
from events.models import Event, EventStatus
from voting.drawing import Drawn, Phase, drawn
from voting.leaderboard import Audience, Standings, standings_now


@dataclass(frozen=True, kw_only=True, slots=True)
class Strip:
    """One live night. `leader` and `lead` are "" while nobody leads or nobody may know; `said` is a sentence then.

    `lead` follows the leader's name, so it begins small.
    """

    event: Event
    href: str
    leader: str
    lead: str
    said: str


def strips(events: Iterable[Event]) -> list[Strip]:
    """One for each of the events that is live, in their order and in one query; none for the others."""
    live = [event for event in events if event.status == EventStatus.LIVE]
    boards = {each.event_id: drawn(each, audience=Audience.FAN) for each in _standings(live)}
    return [_strip(event, boards[event.pk]) for event in live]


def _standings(live: list[Event]) -> Iterable[Standings]:
    return standings_now([event.pk for event in live]) if live else ()


def _strip(event: Event, board: Drawn) -> Strip:
    leaders = [row for row in board.rows if row.place == 1 and row.votes]
    alone = leaders[0] if len(leaders) == 1 else None
    return Strip(
        event=event,
        href=reverse("voting-pages:live", args=[event.slug]),
        leader=alone.artist if alone else "",
        lead=_lead(board) if alone else "",
        said="" if alone else _said(board, level=len(leaders)),
    )


def _lead(board: Drawn) -> str:
    votes = [row.votes for row in board.rows]
    words = _("won by %(count)s") if board.phase == Phase.OVER else _("leads by %(count)s")
    return words % {"count": written(votes[0] - sum(votes[1:2]))}


def _said(board: Drawn, *, level: int) -> str:
    if level:
        return _("%(count)s artists share the lead.") % {"count": level}
    if board.phase == Phase.OPEN:
        return _("Voting is open. Nobody leads yet.")
    return board.said
