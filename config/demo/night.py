"""The demo as a whole, brought up to a moment: whoever comes then finds a live night with something to vote on."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from accounts.models import Role
from config.demo import calendar, fans, tonight
from config.demo.people import account
from config.demo.programme import DEMO_SLUG
from events.models import Event, EventStatus
from voting.models import Round

PAUSE: Final = timedelta(minutes=5)  # between two rounds, in which the results of the last one are seen


def load(*, now: datetime) -> tuple[Event, int]:
    """The demo night, live, with a round that was held and an open one, and how many votes the room has just cast in it.

    What is there is kept: accounts, artists, a night and a round that are not over, events that are still to come.
    """
    people = {role: account(role, now=now) for role in Role}
    organizer = people[Role.ORGANIZER]
    cast = calendar.artists(organizer, people[Role.ARTIST], now=now)
    calendar.others(organizer, people[Role.FAN], cast, now=now)
    event = calendar.demo_night(organizer, cast, now=now)
    round_ = tonight.open_round(event, organizer, people[Role.FAN], now=now)
    return event, fans.fill(event, round_, now=now)


def keep_alive(*, now: datetime) -> bool:
    """Load the demo again once its night has ended or has had no round for a PAUSE; lengthen the night before it ends.

    True if it was loaded. Where no demo was ever loaded nothing happens.
    """
    event = Event.objects.filter(slug=DEMO_SLUG).select_related("owner").first()
    if event is None:
        return False
    if event.status == EventStatus.LIVE:
        calendar.prolong(event, event.owner, now)
    rounds = Round.objects.filter(event=event)
    if rounds.in_progress().exists():
        return False
    last: datetime | None = rounds.aggregate(last=Max("closed_at"))["last"]
    if last and last > now - PAUSE and event.ends_at > now:
        return False
    load(now=now)
    return True
