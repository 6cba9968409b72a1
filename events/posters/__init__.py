"""Generated posters: an event without a picture still has a face, and the same event always the same one.

Everything follows from the seed: SHA-256 of it picks palette, hue shift, gradient angle, figure and lock-up. Pure
functions that give SVG text; nothing here knows a database, a request or a language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Final

from config.lib.wood_type import FACE, Line, typeset
from events.posters.dice import Dice
from events.posters.figures import FIGURES, Field, number
from events.posters.palettes import PALETTES, Palette

WIDTH: Final = 300
HEIGHT: Final = 400
MARGIN: Final = 15
STRIP: Final = 32  # head and foot, where the small print stands
LOCK_UPS: Final = ("below", "above", "across")  # where the type stands, seen from the figure


@dataclass(frozen=True, kw_only=True, slots=True)
class Poster:
    """What is printed on a poster. `seed` is the event's public id; the small print is already in words."""

    seed: str
    title: str
    date: str = ""
    town: str = ""
    venue: str = ""
    doors: str = ""

    def svg(self, *, copy: int = 0, label: str = "") -> str:
        """The sheet as an SVG element of 300 by 400 units.

        `copy` tells two sheets of one poster on one page apart. Without a `label` the sheet is hidden from screen
        readers, because the text beside it repeats what it says.
        """
        dice = Dice(self.seed)
        palette = _palette(dice)
        lock_up = dice.one_of(LOCK_UPS)
        drawn = _LOCKED[lock_up](self, palette, dice)
        return (
            f'<svg class="poster" viewBox="0 0 {WIDTH} {HEIGHT}" {_spoken(label)}>'
            f"{_ground(palette, dice, self.seed, copy, (WIDTH, HEIGHT))}{drawn}</svg>"
        )


def artwork(*, seed: str, width: int, height: int, copy: int = 0) -> str:
    """The figure alone on its ground, in the colours of the poster with this seed: for heads of pages, tickets, covers."""
    dice = Dice(seed)
    palette = _palette(dice)
    dice.one_of(LOCK_UPS)
    figure = dice.one_of(FIGURES)(Field(width, height, palette.figure.hex(), palette.figure_light.hex()), dice)
    return (
        f'<svg class="artwork" viewBox="0 0 {width} {height}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        f"{_ground(palette, dice, seed + 'art', copy, (width, height))}{figure}</svg>"
    )


def sheet_ground(*, seed: str, copy: int = 0) -> str:
    """The ground of the poster with this seed, to be stretched behind a whole band of a page."""
    dice = Dice(seed)
    palette = _palette(dice)
    return (
        f'<svg class="sheet-ground" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f"{_ground(palette, dice, seed + 'sheet', copy, (WIDTH, HEIGHT))}</svg>"
    )


def sheet_figure(*, seed: str, width: int, height: int) -> str:
    """The figure of the poster with this seed, without a ground of its own; it crops itself to its box."""
    dice = Dice(seed)
    palette = _palette(dice)
    dice.one_of(LOCK_UPS)
    field = Field(width, height, palette.figure.hex(), palette.figure_light.hex())
    return (
        f'<svg class="sheet-figure" viewBox="0 0 {width} {height}" preserveAspectRatio="xMidYMid slice" '
        f'aria-hidden="true">{dice.one_of(FIGURES)(field, dice)}</svg>'
    )


def sheet_type(*, seed: str, words: str, width: int, height: int) -> str:
    """The words in the type and the ink of the poster with this seed, filling `width` by about `height`."""
    setting = typeset(words, measure=width, height=height)
    return (
        f'<svg class="sheet-type" viewBox="0 0 {width} {number(setting.height)}" aria-hidden="true">'
        f"{_type(setting.lines, 0, palette_of(seed), margin=0)}</svg>"
    )


def palette_of(seed: str) -> Palette:
    """The inks of the poster with this seed."""
    return _palette(Dice(seed))


def _palette(dice: Dice) -> Palette:
    return dice.one_of(PALETTES).turned(dice.between(-8, 8))


def _ground(palette: Palette, dice: Dice, seed: str, copy: int, size: tuple[int, int]) -> str:
    name = f"ground-{sha256(seed.encode()).hexdigest()[:8]}-{copy}"
    angle = dice.one_of(range(0, 360, 45))
    return (
        f'<defs><linearGradient id="{name}" gradientTransform="rotate({angle} .5 .5)">'
        f'<stop stop-color="{palette.ground.hex()}"/><stop offset="1" stop-color="{palette.ground_end.hex()}"/>'
        f'</linearGradient></defs><rect width="{size[0]}" height="{size[1]}" fill="url(#{name})"/>'
    )


def _spoken(label: str) -> str:
    return f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'


def _type_below(poster: Poster, palette: Palette, dice: Dice) -> str:
    setting = typeset(poster.title, measure=WIDTH - 2 * MARGIN, height=_type_height(poster.title))
    bottom = HEIGHT - STRIP
    top = bottom - setting.height
    field = (STRIP, top - MARGIN)
    return _figure(palette, dice, *field) + _type(setting.lines, top, palette) + _small_print(poster, palette)


def _type_above(poster: Poster, palette: Palette, dice: Dice) -> str:
    setting = typeset(poster.title, measure=WIDTH - 2 * MARGIN, height=_type_height(poster.title))
    field = (STRIP + 4 + setting.height + MARGIN, HEIGHT - STRIP)
    return _figure(palette, dice, *field) + _type(setting.lines, STRIP + 4, palette) + _small_print(poster, palette)


def _type_across(poster: Poster, palette: Palette, dice: Dice) -> str:
    room = HEIGHT - 2 * STRIP - 8
    setting = typeset(poster.title, measure=WIDTH - 2 * MARGIN, height=room)
    top = STRIP + 4 + (room - setting.height) / 2
    return (
        _figure(palette.faded(), dice, 0, HEIGHT) + _type(setting.lines, top, palette) + _small_print(poster, palette)
    )


_LOCKED: Final = {"below": _type_below, "above": _type_above, "across": _type_across}


def _type_height(title: str) -> float:
    """A short title takes two fifths of the sheet, a long one more than half."""
    return min(215.0, 130.0 + 2.2 * len(title))


def _figure(palette: Palette, dice: Dice, top: float, bottom: float) -> str:
    height = bottom - top
    field = Field(WIDTH, height, palette.figure.hex(), palette.figure_light.hex())
    return (
        f'<svg y="{number(top)}" width="{WIDTH}" height="{number(height)}" viewBox="0 0 {WIDTH} {number(height)}">'
        f"{dice.one_of(FIGURES)(field, dice)}</svg>"
    )


def _type(lines: Sequence[Line], top: float, palette: Palette, *, margin: float = MARGIN) -> str:
    ink = palette.type.hex()
    face = escape(FACE)
    set_lines = "".join(
        f'<text x="{number(margin + line.x)}" y="{number(top + line.y)}" font-size="{number(line.size)}" '
        f'textLength="{number(line.length)}" lengthAdjust="spacingAndGlyphs" stroke-width="{number(line.heft)}">'
        f"{escape(line.text)}</text>"
        for line in lines
    )
    return (
        f'<g class="poster-type" font-family="{face}" font-weight="900" font-stretch="condensed" '
        f'fill="{ink}" stroke="{ink}" aria-hidden="true">{set_lines}</g>'
    )


def _small_print(poster: Poster, palette: Palette) -> str:
    left, right = MARGIN, WIDTH - MARGIN
    places = (
        (left, 21, "start", poster.date),
        (right, 21, "end", poster.town),
        (left, 387, "start", poster.venue),
        (right, 387, "end", poster.doors),
    )
    words = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(word)}</text>' for x, y, anchor, word in places if word
    )
    return (
        f'<g class="poster-small" font-family="sans-serif" font-size="10" font-weight="700" '
        f'fill="{palette.type.hex()}" aria-hidden="true">{words}</g>'
    )
