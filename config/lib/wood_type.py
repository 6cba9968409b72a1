"""Wood type: capitals set so that every line fills the measure, whichever heavy narrow face a screen has.

The browser stretches each line to its `length` (SVG `textLength`); the widths here only have to be near enough for the
letters to keep a natural shape. They are those of Liberation Sans Narrow Bold, which shares Arial Narrow's metrics.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Final, NamedTuple

FACE: Final = (
    'HelveticaNeue-CondensedBlack, "Avenir Next Condensed", Bahnschrift, "Roboto Condensed", sans-serif-condensed, '
    '"Arial Narrow", "Liberation Sans Narrow", "Helvetica Neue", Arial, sans-serif'
)
CAP: Final = 0.7  # height of a capital, in ems
HEFT: Final = 0.026  # the stroke, in ems, that makes a bold face print like a black one
ACCENT_ABOVE: Final = 0.21  # what É needs above a capital, in ems
ACCENT_BELOW: Final = 0.2  # what Ç and Q need below the line, in ems
WIDEST: Final = 1.3  # letters are drawn out by no more than this
TALLEST: Final = 2.2  # and raised by no more than this

_ADVANCES: Final = {
    "ABCDHKNRU&": 592,
    "EPSVXY": 547,
    "FLTZ?": 501,
    "GOQ": 638,
    "I .,/\N{RIGHT SINGLE QUOTATION MARK}": 228,
    "J0123456789\N{EN DASH}£€$#": 456,
    "M": 683,
    "W": 774,
    "-!:()·": 273,
    "'": 195,
    '"': 389,
    "+": 479,
    "%": 729,
    "@": 800,
}
_BEFORE: Final = {
    "BDEFHIKLMNPR1.,\N{RIGHT SINGLE QUOTATION MARK}": 54,
    "U": 49,
    "CGOQ&07?-": 34,
    "ASZ235689": 25,
    "J4Y£$": 12,
    "TVWX/€": 6,
    ":!·": 78,
}
_AFTER: Final = {
    "HIJMN.,\N{RIGHT SINGLE QUOTATION MARK}": 55,
    "GU?": 49,
    "BDOQ07": 35,
    "EFLPS23689&-": 29,
    "ACRZ15": 21,
    "Y€$": 13,
    "KTVWX4/£": 7,
    ":!·": 78,
}
_ADVANCE: Final = {letter: width / 1000 for letters, width in _ADVANCES.items() for letter in letters}
_SPACE_BEFORE: Final = {letter: width / 1000 for letters, width in _BEFORE.items() for letter in letters}
_SPACE_AFTER: Final = {letter: width / 1000 for letters, width in _AFTER.items() for letter in letters}
_SHORT_LINE: Final = 3
_ABOVE: Final = {230}  # canonical combining classes (Unicode, UAX 44): above the letter
_BELOW: Final = {202, 220}  # attached below, below
_HANGING: Final = frozenset("Q¿¡,;()@")  # hang below the line without an accent


class Line(NamedTuple):
    """One line: where it starts, its baseline, font size, and the length it is stretched to; all in one unit."""

    text: str
    x: float
    y: float
    size: float
    length: float
    heft: float


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines set one under the other; `height` runs from the top of the first line to the foot of the last."""

    lines: tuple[Line, ...]
    height: float


def natural_width(text: str) -> float:
    """Width of the capitals in ems; accents add nothing, unknown letters count as an average one."""
    return sum(_ADVANCE.get(letter, 0.56) for letter in _plain(text)) or 0.56


@lru_cache(maxsize=2_048)
def lines_of(text: str, count: int) -> tuple[str, ...]:
    """The words on `count` lines (fewer when there are fewer words) of lengths as even as can be.

    A line of one or two characters stands alone only when it has no neighbour to join.
    """
    words = text.upper().split() or ["?"]
    count = min(count, len(words))
    best: dict[tuple[int, int], tuple[float, tuple[str, ...]]] = {(0, 0): (0.0, ())}
    for end in range(1, len(words) + 1):
        for number in range(1, min(end, count) + 1):
            found = [
                (best[start, number - 1][0] + _cost(line), (*best[start, number - 1][1], line))
                for start in range(number - 1, end)
                if (start, number - 1) in best
                for line in [" ".join(words[start:end])]
            ]
            if found:
                best[end, number] = min(found)
    return best[len(words), count][1]


def typeset(text: str, *, measure: float, height: float, most: int = 6) -> Setting:
    """The text on as many lines (`most` at the utmost) as fill a field of `measure` by `height` with the least force."""

    def force(lines: Sequence[str]) -> tuple[bool, float]:
        rise = log(_rise(lines, measure=measure, height=height))
        lonely = len(lines) > 1 and any(len(line) < _SHORT_LINE for line in lines)
        return lonely, max(rise, -2 * rise)  # tall letters look like wood type, wide ones do not

    counts = range(1, min(most, len(text.split()) or 1) + 1)
    lines = min((lines_of(text, count) for count in counts), key=force)
    return stacked(lines, measure=measure, rise=_rise(lines, measure=measure, height=height))


def stacked(lines: Sequence[str], *, measure: float, rise: float = 1.0) -> Setting:
    """The lines to the full measure, one under the other. `rise` makes letters taller (above 1) or wider (below)."""
    rise = min(TALLEST, rise)
    gap = measure * 0.03
    y, placed = 0.0, list[Line]()
    for number, text in enumerate(lines):
        natural = measure / _inked_width(text)
        size = natural * rise
        reach = min(measure, measure * rise * WIDEST)
        above, below = _accents(text)
        y += size * (CAP + above) + gap * bool(number)
        placed.append(_line(text, y=y, size=size, reach=reach))
        y += size * below
    return Setting(tuple(placed), y)


def _line(text: str, *, y: float, size: float, reach: float) -> Line:
    """The line from 0 to `reach`, its first and last letter hung by their bearings, so that ink and measure agree."""
    before, after = _edges(text)
    heft = size * HEFT
    scale = (reach - heft) / _inked_width(text)
    return Line(text, heft / 2 - before * scale, y, size, reach - heft + (before + after) * scale, heft)


def _rise(lines: Sequence[str], *, measure: float, height: float) -> float:
    """How much taller than natural the letters must be for the lines to fill the height."""
    gaps = measure * 0.03 * (len(lines) - 1)
    accents = [_accents(line) for line in lines]
    ems = [CAP + above + below for above, below in accents]
    natural = sum(measure / _inked_width(line) * em for line, em in zip(lines, ems, strict=True))
    return max(0.05, (height - gaps) / natural)


def _cost(line: str) -> float:
    return natural_width(line) ** 2 + (1_000.0 if len(line) < _SHORT_LINE else 0.0)


def _edges(text: str) -> tuple[float, float]:
    plain = _plain(text)
    return _SPACE_BEFORE.get(plain[:1], 0.04), _SPACE_AFTER.get(plain[-1:], 0.04)


def _inked_width(text: str) -> float:
    return max(0.1, natural_width(text) - sum(_edges(text)))


def _accents(text: str) -> tuple[float, float]:
    classes = {unicodedata.combining(mark) for mark in unicodedata.normalize("NFD", text)}
    hangs = bool(classes & _BELOW) or not _HANGING.isdisjoint(text)
    return ACCENT_ABOVE * bool(classes & _ABOVE), ACCENT_BELOW * hangs


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text.upper()) if not unicodedata.combining(letter))
