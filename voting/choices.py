"""Whom a text means: a ballot number, a name, or something very much like a name. Pure functions."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from messaging.words import normalise
from voting.ballot_papers import Line

ALIKE: Final = 0.8  # of difflib's ratio: THE NIGHTINGALS finds The Nightingales, BLUE does not find Blur
SHORTEST: Final = 4  # shorter names must be spelt right: too many of them are one letter apart


def chosen(words: Sequence[str], ballot: Sequence[Line]) -> Line | None:
    """The line these words name: its number, else its name, else the one name that is nearly that. None for nobody."""
    if len(words) == 1 and words[0].isdecimal():
        number = int(words[0])
        for line in ballot:
            if line.number == number:
                return line
    found = index_of_name(words, [line.name for line in ballot])
    return None if found is None else ballot[found]


def index_of_name(words: Sequence[str], names: Sequence[str]) -> int | None:
    """Which of the names is meant. Case, accents, punctuation and spaces do not matter; None for none, or for several."""
    text = "".join(words)
    spellings = [_spelling(name) for name in names]
    if spellings.count(text) == 1:
        return spellings.index(text)
    alike = sorted(((_likeness(text, spelling), index) for index, spelling in enumerate(spellings)), reverse=True)
    best = [index for likeness, index in alike if likeness >= ALIKE and likeness == alike[0][0]]
    return best[0] if len(best) == 1 else None


@lru_cache(maxsize=4_096)
def _spelling(name: str) -> str:
    return "".join(normalise(name))


def _likeness(text: str, spelling: str) -> float:
    """From 0 to 1; 0 for whatever is too short to be mistaken, or cannot reach ALIKE."""
    if min(len(text), len(spelling)) < SHORTEST:
        return 0.0
    matcher = SequenceMatcher(None, text, spelling, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0
