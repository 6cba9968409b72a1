"""The demo night's rounds: one that is over, so that there is something to tell, and one to vote in."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from accounts.models import User
from config.demo import fans, heats
from config.demo.people import acting
from config.demo.programme import DEMO_ROUND, DEMO_WARM_UP
from events.models import Event
from voting.models import Round
from voting.services import rounds

_LASTS: Final = timedelta(hours=2)  # from now: long enough for whoever tries Fanfare for an evening
_OPEN_FOR: Final = timedelta(minutes=15)  # so long has the room been voting when somebody looks


def open_round(event: Event, organizer: User, fan: User, *, now: datetime) -> Round:
    """The event's round in progress, opened if there is none. One whose time ran out while nothing ran is closed first."""
    rounds.move_by_clock(now=now)
    held = Round.objects.filter(event=event)
    if running := held.in_progress().first():
        return running
    name, opens = "", now - _OPEN_FOR
    if held.exists():
        over: datetime | None = held.aggregate(last=Max("closed_at"))["last"]
        opens = max(opens, over or opens)
        fans.let_in(event, fan, until=opens)
    else:
        name = DEMO_ROUND
        _warm_up(event, organizer, fan, over=opens - heats.PAUSE)
    changes: rounds.RoundChanges = {"name": name, "closes_at": now + _LASTS}
    actor = acting(organizer)
    planned = rounds.plan(actor=actor, public_id=event.public_id, changes=changes, now=opens)
    return rounds.open_round(actor=actor, public_id=event.public_id, number=planned.number, now=opens)


def _warm_up(event: Event, organizer: User, fan: User, *, over: datetime) -> None:
    opens = over - heats.LASTS
    fans.let_in(event, fan, until=opens)
    heats.hold(event, organizer, DEMO_WARM_UP, fans.voters(event), opens=opens)
