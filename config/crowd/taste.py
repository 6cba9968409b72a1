"""What a room likes. It drifts: a room takes to whoever is close behind, and tires of whoever is far ahead."""

import random
from collections.abc import Mapping, Sequence
from typing import Final

from config.crowd.scene import Contestant

_WITH_THE_ROOM: Final = 0.55  # of the votes go to the favourite, the rest by everybody's own liking
_ENOUGH: Final = 0.03  # of all votes, the lead at which the room turns to somebody else
_LEAST: Final = 3  # votes of a lead that is seen at all
_NEAR: Final = 4  # places behind the leader from which a new favourite comes, the nearer the likelier


class Taste:
    """Ballot numbers are the names of the contestants here."""

    def __init__(self, contestants: Sequence[Contestant], chance: random.Random) -> None:
        self._contestants = {each.number: each for each in contestants}
        self._chance = chance
        liked = chance.sample(sorted(self._contestants), len(self._contestants))
        self._liking = {number: 1 / (1 + place) for place, number in enumerate(liked)}
        self._favourite = liked[0]

    def follow(self, votes: Mapping[int, int]) -> None:
        """The room looks at the board: ballot number → votes."""
        ranked = sorted(self._contestants, key=lambda number: -votes.get(number, 0))
        if ranked[0] != self._favourite or len(ranked) == 1:
            return
        lead = votes.get(ranked[0], 0) - votes.get(ranked[1], 0)
        if lead >= max(_LEAST, _ENOUGH * sum(votes.values())):
            behind = ranked[1 : 1 + _NEAR]
            weights = [1 / (1 + place) for place in range(len(behind))]
            (self._favourite,) = self._chance.choices(behind, weights)

    def pick(self) -> Contestant:
        """Whom the next person votes for."""
        if self._chance.random() < _WITH_THE_ROOM:
            return self._contestants[self._favourite]
        (number,) = self._chance.choices(list(self._liking), list(self._liking.values()))
        return self._contestants[number]
