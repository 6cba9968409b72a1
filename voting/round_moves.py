"""The life of a round: one table of moves, one function that makes them.

    planned → open → closing → closed → revealed
                             ↘ disputed   where a recount of the ballots does not equal the tally

Closing takes two steps, each in a transaction of its own: from `closing` on no vote lands, so counting them again needs to
hold up nobody's vote; and whoever finds a round that was left behind in `closing` can finish it.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from config.lib.constraints import broken_by
from config.lib.errors import Detail, Refusal
from voting import relay
from voting.models import Round, RoundStatus

# where to: from where
MOVES: Final[dict[RoundStatus, frozenset[RoundStatus]]] = {
    RoundStatus.OPEN: frozenset({RoundStatus.PLANNED}),
    RoundStatus.CLOSING: frozenset({RoundStatus.OPEN}),
    RoundStatus.CLOSED: frozenset({RoundStatus.CLOSING}),
    RoundStatus.DISPUTED: frozenset({RoundStatus.CLOSING}),
    RoundStatus.REVEALED: frozenset({RoundStatus.CLOSED}),
}
_ACTIONS: Final = {
    RoundStatus.OPEN: "round.open",
    RoundStatus.CLOSING: "round.stop",
    RoundStatus.CLOSED: "round.close",
    RoundStatus.DISPUTED: "round.dispute",
    RoundStatus.REVEALED: "round.reveal",
}


class RoundCannotMove(Refusal):
    status = 409
    message = gettext_lazy("This round cannot take that step from where it stands.")


class AnotherRoundOpen(Refusal):
    status = 409
    message = gettext_lazy("Another round of this event is open. Close it first.")


def move(
    *,
    actor: Actor,
    round_: Round,
    to: RoundStatus,
    now: datetime,
    facts: Mapping[str, object] = MappingProxyType({}),
    **fields: Any,
) -> None:
    """Move the round, set these fields, write it down, in the caller's transaction; `round_` shows the new state.

    Viewers of the board hear of it after the commit. Raises RoundCannotMove where the table has no such move, or where
    somebody moved the round at the same moment; AnotherRoundOpen.
    """
    moved = _update(round_, to, fields)
    round_.refresh_from_db(fields=["status", "version", *fields])
    if not moved:
        raise _cannot(RoundStatus(round_.status), to)
    about = {"event": round_.event.public_id, "number": round_.number, **facts}
    audit.record(actor=actor, action=_ACTIONS[to], subject=round_, now=now, **about)
    event_id = round_.event_id
    transaction.on_commit(lambda: relay.mark(event_id))


def _update(round_: Round, to: RoundStatus, fields: dict[str, Any]) -> bool:
    movable = Round.objects.filter(pk=round_.pk, status__in=MOVES[to])
    try:
        with transaction.atomic():
            return bool(movable.update(status=to, version=F("version") + 1, **fields))
    except IntegrityError as error:
        if broken_by(error) == "round_one_open_per_event":
            raise AnotherRoundOpen from error
        raise


def _cannot(present: RoundStatus, wanted: RoundStatus) -> RoundCannotMove:
    ways = ", ".join(str(step.label).lower() for step, origins in MOVES.items() if present in origins)
    states = {"present": str(present.label).lower(), "wanted": str(wanted.label).lower()}
    onward = _("From here it can become: %(ways)s.") % {"ways": ways} if ways else _("It stays that way.")
    return RoundCannotMove(
        _("This round is %(present)s, so it cannot become %(wanted)s.") % states,
        details=[Detail("status", present.value, onward)],
    )
