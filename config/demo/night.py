"""The demo as a whole, brought up to a moment: whoever comes then finds a live night with something to vote on."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from accounts.models import Role
from config.demo import calendar, fans
from config.demo.people import account, acting
from config.demo.programme import DEMO_SLUG
from events.models import Event, EventStatus
from events.services.attendees import join_signed_in
from voting.models import Round

PAUSE: Final = timedelta(minutes=5)  # between two rounds, in which the results of the last one are seen


def load(*, now: datetime) -> tuple[Event, int]:
    """The demo night, live and with an open round, and how many votes the room has just cast in it.

    What is there is kept: accounts, artists, a night and a round that are not over, events that are still to come.
    """
    people = {role: account(role, now=now) for role in Role}
    organizer = people[Role.ORGANIZER]
    cast = calendar.artists(organizer, people[Role.ARTIST], now=now)
    calendar.others(organizer, cast, now=now)
    event = calendar.demo_night(organizer, cast, now=now)
    join_signed_in(actor=acting(people[Role.FAN]), public_id=event.public_id, now=now)
    return event, fans.fill(event, fans.open_round(event, organizer, now=now))


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
