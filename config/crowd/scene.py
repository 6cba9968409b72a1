"""Where the crowd is: the event as the people in the room know it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from events.models import Event, EventStatus
from messaging.models import Address, Channel
from voting.models import Entry, Round, RoundStatus


class NoScene(Exception):
    """The event is not one that a crowd can come to; the text says why."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """An artist on the ballot; `artist` is the public id."""

    artist: str
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Scene:
    """`round_id` and `round_number` are None while no round is open."""

    event: str
    title: str
    keyword: str
    number: str
    contestants: tuple[Contestant, ...]
    round_id: int | None
    round_number: int | None


def scene_of(slug: str) -> Scene:
    """Raises NoScene unless the event exists, can be joined by text and has a line-up."""
    event = Event.objects.select_related("sender").filter(slug=slug).first()
    if event is None:
        raise NoScene(f"There is no event with the slug {slug}. `manage.py demo` makes demo-night.")
    if event.status != EventStatus.LIVE:
        raise NoScene(f"{event.title} is {event.get_status_display().lower()}, and a crowd comes to a live event.")
    if not event.join_keyword or event.sender is None:
        raise NoScene(f"{event.title} has no join keyword.")
    open_round = Round.objects.filter(event=event, status=RoundStatus.OPEN).first()
    slots = event.lineup.select_related("artist").order_by("ballot_number")
    if open_round:
        slots = slots.filter(pk__in=Entry.objects.filter(round=open_round).values("slot"))
    contestants = tuple(Contestant(slot.artist.public_id, slot.ballot_number, slot.artist.name) for slot in slots)
    if not contestants:
        raise NoScene(f"{event.title} has nobody to vote for.")
    return Scene(
        event=event.public_id,
        title=event.title,
        keyword=event.join_keyword,
        number=event.sender.value,
        contestants=contestants,
        round_id=open_round.pk if open_round else None,
        round_number=open_round.number if open_round else None,
    )


# 555-0100 to 555-0199 of each area code are kept free for fiction, so no real phone is ever meant:
# https://nationalnanpa.com/number_resource_info/555_numbers.html
_AREAS: Final = range(200, 1_000)
_LINES: Final = range(100, 200)


def invented_phones() -> set[str]:
    """Every phone that a crowd can have, in E.164 form."""
    return {f"+1{area}5550{line}" for area in _AREAS for line in _LINES}


def unused_phones(number: int, chance: random.Random) -> Iterator[str]:
    """So many phones that nobody has texted from. Raises NoScene when fiction has not enough left."""
    free = sorted(invented_phones() - set(Address.objects.filter(channel=Channel.SMS).values_list("value", flat=True)))
    if number > len(free):
        raise NoScene(f"There are {len(free)} invented phones left, not {number}. `make clean` frees those in use.")
    yield from chance.sample(free, number)
