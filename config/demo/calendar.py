"""Puts the programme into the calendar: artists, the demo night, the events around it."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.actors import Via, platform
from accounts.models import User
from artists.models import Artist
from artists.services import profiles
from config.demo import heats
from config.demo.people import acting
from config.demo.programme import ACTS, DEMO_DESCRIPTION, DEMO_KEYWORD, DEMO_SLUG, DEMO_TITLE, LIDO, SHOWS, Act, Show
from events.models import Event, EventStatus
from events.services import events, lineup
from voting.models import Round, RoundStatus

_ON_SALE: Final = timedelta(days=45)  # how long before its start an event of the past was published
_ANNOUNCED: Final = timedelta(hours=6)  # and tonight's, which nobody had in the calendar
_LASTS: Final = timedelta(hours=5)
_ARRIVAL: Final = timedelta(hours=1)  # after the start everybody is in
_SETS: Final = timedelta(minutes=25)
_NIGHT_LEFT: Final = timedelta(hours=3)  # a demo night with less than this to go is made longer
_NIGHT_STAYS: Final = timedelta(hours=20)  # but not one that began before this

Cast = dict[str, Artist]


def artists(organizer: User, owner: User, *, now: datetime) -> Cast:
    """The programme's artists by name; the one who shares the owner's name is theirs."""
    return {act.name: _artist(act, organizer, owner, now) for act in ACTS}


@transaction.atomic
def demo_night(organizer: User, cast: Cast, *, now: datetime) -> Event:
    """The live night under the promised address and keyword. One that is over, or a day old, makes room for a new one."""
    events.move_by_clock(now=now)
    event = Event.objects.filter(slug=DEMO_SLUG).first()
    if event and event.status == EventStatus.LIVE:
        if event.starts_at > now - _NIGHT_STAYS:
            return prolong(event, organizer, now)
        event = events.close(actor=acting(organizer), public_id=event.public_id, now=now)
    if event:
        Event.objects.filter(pk=event.pk).update(slug=f"{DEMO_SLUG}-{event.starts_at:%Y-%m-%d}-{event.public_id[:4]}")
    starts_at = (now - timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    began = starts_at - _ANNOUNCED
    event = events.create(
        actor=acting(organizer),
        title=DEMO_TITLE,
        description=DEMO_DESCRIPTION,
        venue=LIDO,
        doors_at=starts_at - timedelta(hours=1),
        starts_at=starts_at,
        ends_at=now + 2 * _LASTS,
        join_keyword=DEMO_KEYWORD,
        category="concert",
        tags=("demo", "battle"),
        now=began,
    )
    _line_up(event, organizer, cast, began)
    events.publish(actor=acting(organizer), public_id=event.public_id, now=began)
    return events.go_live(actor=acting(organizer), public_id=event.public_id, now=starts_at)


def prolong(event: Event, organizer: User, now: datetime) -> Event:
    """The night, longer if it would soon be over, unless it began too long ago to be tonight's."""
    if event.ends_at > now + _NIGHT_LEFT or event.starts_at <= now - _NIGHT_STAYS:
        return event
    actor = acting(organizer)
    return events.edit(actor=actor, public_id=event.public_id, changes={"ends_at": now + 2 * _LASTS}, now=now)


def others(organizer: User, fan: User, cast: Cast, *, now: datetime) -> None:
    """The events of the past and the future. Those that are there stay; a coming one that has become past comes again.

    A past one counts as there once its last round was revealed: one that was interrupted before is made anew.
    """
    theirs = Event.objects.filter(owner=organizer)
    over = theirs.filter(pk__in=Round.objects.filter(status=RoundStatus.REVEALED).values("event"))
    held = set(over.exclude(status=EventStatus.LIVE).values_list("title", flat=True))
    coming = set(theirs.filter(ends_at__gt=now).values_list("title", flat=True))
    for show in SHOWS:
        if show.title not in (held if show.starts_in < timedelta() else coming):
            _show(show, organizer, fan, cast, now)


def _show(show: Show, organizer: User, fan: User, cast: Cast, now: datetime) -> None:
    """The event as if each step had been taken in its time."""
    event = _announced(show, organizer, cast, now)
    if show.heats:
        _happened(show, event, organizer, fan)
    if show.until == "archive":
        events.archive(actor=acting(organizer), public_id=event.public_id, now=now)


@transaction.atomic
def _announced(show: Show, organizer: User, cast: Cast, now: datetime) -> Event:
    """The event before it began. A past one ends later than now for as long as it is played: no clock may close it."""
    starts_at = (now + show.starts_in).replace(hour=19, minute=0, second=0, microsecond=0)
    began = min(now, starts_at - _ON_SALE)
    event = events.create(
        actor=acting(organizer),
        title=show.title,
        description=show.description,
        venue=show.venue,
        starts_at=starts_at,
        ends_at=max(starts_at, now) + _LASTS,
        access=show.access,
        category=show.category,
        tags=show.tags,
        now=began,
    )
    _line_up(event, organizer, {name: cast[name] for name in show.acts}, began)
    if show.until != "draft":
        events.publish(actor=acting(organizer), public_id=event.public_id, now=began)
    if show.until == "cancel":
        events.cancel(actor=acting(organizer), public_id=event.public_id, now=now)
    return event


def _happened(show: Show, event: Event, organizer: User, fan: User) -> None:
    """People came, the rounds were held, one after the other, and the night was closed at its end."""
    actor, starts_at, ends_at = acting(organizer), event.starts_at, event.starts_at + _LASTS
    events.go_live(actor=actor, public_id=event.public_id, now=starts_at)
    inside = heats.come_in(event, heats.PHONES[: show.room], fan, first=starts_at, last=starts_at + _ARRIVAL)
    for number, heat in enumerate(show.heats, start=1):
        heats.hold(event, organizer, heat, inside, opens=starts_at + _ARRIVAL + number * (heats.LASTS + heats.PAUSE))
    with transaction.atomic():
        events.edit(actor=actor, public_id=event.public_id, changes={"ends_at": ends_at}, now=ends_at)
        events.close(actor=actor, public_id=event.public_id, now=ends_at)


def _artist(act: Act, organizer: User, owner: User, now: datetime) -> Artist:
    known = Artist.objects.filter(name=act.name).order_by("pk").first()
    if known:
        return known
    artist = profiles.create(
        actor=acting(organizer), name=act.name, bio=act.bio, genres=act.genres, home=act.home, now=now
    )
    if act.name == owner.name:
        return profiles.hand_over(actor=platform(Via.COMMAND), public_id=artist.public_id, owner=owner, now=now)
    return artist


def _line_up(event: Event, organizer: User, cast: Cast, now: datetime) -> None:
    """Everyone invited, set after set, and everyone said yes."""
    for number, artist in enumerate(cast.values()):
        set_at = event.starts_at + number * _SETS
        lineup.invite(
            actor=acting(organizer), public_id=event.public_id, artist=artist.public_id, set_at=set_at, now=now
        )
        lineup.accept(actor=platform(Via.COMMAND), public_id=event.public_id, artist_id=artist.public_id, now=now)
