"""Who comes to a night that goes on: people who are in already and have not voted yet, and people new to it."""

import random
from collections.abc import Iterator
from typing import Final, NamedTuple

from config.crowd.scene import Scene, invented_phones
from events.models import Attendee
from messaging.models import Address, Channel, OptOut
from voting.models import Ballot

_FROM_INSIDE: Final = 0.4  # of those who come next


class Guest(NamedTuple):
    """`inside`: they joined before, and only vote."""

    phone: str
    inside: bool


def guests(scene: Scene, chance: random.Random) -> Iterator[Guest]:
    """Everybody who may still vote in the scene's round, in no particular order, until fiction has no phone left.

    Phones that are known come before new ones, so that a crowd which comes every night needs no more of them each time.
    Whoever opted out stays at home.
    """
    invented = invented_phones()
    voted = Ballot.objects.filter(round=scene.round_id).values("attendee__phone__value")
    gone = OptOut.objects.filter(sender__value=scene.number).values("address__value")
    away = {*voted.values_list("attendee__phone__value", flat=True), *gone.values_list("address__value", flat=True)}
    joined = Attendee.objects.confirmed().filter(event__public_id=scene.event)
    inside = set(joined.values_list("phone__value", flat=True)) & invented - away
    known = set(Address.objects.filter(channel=Channel.SMS).values_list("value", flat=True)) & invented - away - inside
    new = invented - away - inside - known
    strangers = [*_shuffled(new, chance), *_shuffled(known, chance)]  # taken from the end
    return _in_turn(strangers, _shuffled(inside, chance), chance)


def _in_turn(strangers: list[str], waiting: list[str], chance: random.Random) -> Iterator[Guest]:
    while strangers or waiting:
        at_hand = waiting if waiting and (not strangers or chance.random() < _FROM_INSIDE) else strangers
        yield Guest(at_hand.pop(), at_hand is waiting)


def _shuffled(phones: set[str], chance: random.Random) -> list[str]:
    """Sorted first: the order of a set is not the same in every process."""
    return chance.sample(sorted(phones), len(phones))
