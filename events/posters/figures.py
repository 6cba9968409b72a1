"""What is cut out of coloured paper: each figure fills a field of any size with two inks."""

from collections.abc import Callable
from math import cos, hypot, pi, sin
from typing import Final, NamedTuple

from events.posters.dice import Dice


class Field(NamedTuple):
    """The field to fill, in units of the sheet, and the two inks as `#rrggbb`."""

    width: float
    height: float
    ink: str
    light: str

    @property
    def short(self) -> float:
        return min(self.width, self.height)


Figure = Callable[[Field, Dice], str]


def number(value: float) -> str:
    """As short as SVG allows, with one decimal, whatever the visitor's language writes."""
    return f"{value:.1f}".removesuffix(".0")


def path(points: str, ink: str) -> str:
    return f'<path fill="{ink}" d="{points}"/>'


def circle(x: float, y: float, radius: float, ink: str) -> str:
    return f'<circle fill="{ink}" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>'


def rect(x: float, y: float, width: float, height: float, ink: str) -> str:
    return f'<rect fill="{ink}" x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(max(0, height))}"/>'


def floodlights(field: Field, dice: Dice) -> str:
    beams = 5
    lit = int(dice.between(0, beams - 0.01))
    drawn = []
    for beam in range(beams):
        x = field.width * (beam + 0.5) / beams
        lean = dice.between(-0.55, 0.55) * field.width
        spread = field.width * dice.between(0.12, 0.2)
        corners = [
            (x - 5, 0.0),
            (x + 5, 0.0),
            (x + lean + spread, field.height),
            (x + lean - spread, field.height),
        ]
        points = "L".join(f"{number(a)} {number(b)}" for a, b in corners)
        drawn.append((beam == lit, path(f"M{points}Z", field.light if beam == lit else field.ink)))
    lamps = [
        circle(field.width * (beam + 0.5) / beams, 0, 11, field.light if beam == lit else field.ink)
        for beam in range(beams)
    ]
    return "".join(beam for _lit, beam in sorted(drawn)) + "".join(lamps)


def rings(field: Field, dice: Dice) -> str:
    x, y = field.width * dice.between(0.25, 0.75), field.height * dice.between(0.35, 0.65)
    step = field.short * dice.between(0.085, 0.115)
    reach = max(hypot(x - a, y - b) for a in (0, field.width) for b in (0, field.height))
    middles = (step * (2 + 2 * turn) for turn in range(int(reach / (2 * step)) + 1))
    drawn = "".join(
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>' for radius in middles if radius > 2 * step
    )
    return (
        f'<g fill="none" stroke="{field.ink}" stroke-width="{number(step)}">{drawn}</g>'
        f"{circle(x, y, step * 2, field.light)}"
    )


def halftone(field: Field, dice: Dice) -> str:
    step = field.width / 15
    angle = dice.one_of((0, 1, 2, 3)) * pi / 2 + dice.between(-0.4, 0.4)
    reach = abs(cos(angle)) * field.width + abs(sin(angle)) * field.height
    dots = []
    for row in range(int(field.height / step) + 2):
        for column in range(17):
            x, y = (column - 0.5 * (row % 2)) * step, row * step
            along = ((x - field.width / 2) * cos(angle) + (y - field.height / 2) * sin(angle)) / reach + 0.5
            radius = step * 0.78 * max(0.0, min(1.0, along)) ** 0.8
            if radius > 1:
                dots.append(f"M{number(x - radius)} {number(y)}{_disc(radius)}")
    half = field.short * 0.2
    x, y = field.width * (0.5 - 0.28 * cos(angle)), field.height * (0.5 - 0.24 * sin(angle))
    square = f"M{number(x)} {number(y - half)}l{number(half)} {number(half)} {number(-half)} {number(half)} "
    return path("".join(dots), field.ink) + path(f"{square}{number(-half)} {number(-half)}Z", field.light)


def _disc(radius: float) -> str:
    across = number(2 * radius)
    r = number(radius)
    return f"a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0"


def swell(field: Field, dice: Dice) -> str:
    waves = 7
    bright = int(dice.between(1, waves - 0.01))
    period, phase = field.width * dice.between(0.55, 0.95), dice.between(0, 2 * pi)
    band = field.height / waves
    height = min(band * 0.5, field.width * 0.07)

    def edge(top: float, turn: float) -> list[str]:
        steps = [field.width * step / 24 for step in range(25)]
        return [f"{number(x)} {number(top + height * sin(2 * pi * x / period + phase + turn))}" for x in steps]

    drawn = []
    for wave in range(waves + 1):
        top = wave * band
        upper, lower = edge(top, wave * 0.5), edge(top + band * 0.56, wave * 0.5 + 0.35)
        ink = field.light if wave == bright else field.ink
        drawn.append(path(f"M{'L'.join(upper)}L{'L'.join(reversed(lower))}Z", ink))
    return "".join(drawn)


def eclipse(field: Field, dice: Dice) -> str:
    radius = field.short * dice.between(0.4, 0.5)
    x, y = field.width * dice.between(0.36, 0.64), field.height * 0.5
    side = dice.one_of((-1, 1))
    lines = 6
    horizon = y + radius * 0.1
    gap = (field.height - horizon) / lines
    return (
        circle(x, y, radius, field.ink)
        + circle(x + side * radius * 0.46, y - radius * 0.34, radius * 0.56, field.light)
        + "".join(
            rect(0, horizon + line * gap, field.width, 1.5 + gap * 0.09 * line, field.ink) for line in range(lines)
        )
    )


def tally(field: Field, dice: Dice) -> str:
    bars = 9
    step = field.width / bars
    heights = [dice.between(0.25, 0.8) for _ in range(bars)]
    winner = int(dice.between(1, bars - 1.01))
    heights[winner] = 0.96
    return "".join(
        rect(
            bar * step + step * 0.07,
            field.height * (1 - share),
            step * 0.86,
            field.height * share,
            field.light if bar == winner else field.ink,
        )
        for bar, share in enumerate(heights)
    )


def steps(field: Field, dice: Dice) -> str:
    columns = dice.one_of((5, 6, 7))
    side = field.width / columns
    rows = int(field.height / side) + 1
    bright = (int(dice.between(0, rows - 1.01)), int(dice.between(1, columns - 1.01)))
    drawn = []
    for row in range(rows):
        for column in range(columns):
            here = (row, column) == bright
            if here or (row + column) % 2 == 0:
                drawn.append(rect(column * side, row * side, side, side, field.light if here else field.ink))
    return "".join(drawn)


def strings(field: Field, dice: Dice) -> str:
    threads = 22
    flipped = dice.one_of((False, True))
    lines = []
    for thread in range(threads + 1):
        across, down = field.width * thread / threads, field.height * thread / threads
        for x, y, other_x, other_y in (
            (0.0, down, across, field.height),
            (field.width, down, across, 0.0),
        ):
            ends = (field.width - x, field.width - other_x) if flipped else (x, other_x)
            lines.append(f"M{number(ends[0])} {number(y)}L{number(ends[1])} {number(other_y)}")
    return (
        f'<path fill="none" stroke="{field.ink}" stroke-width="{number(field.width * 0.008)}" d="{"".join(lines)}"/>'
        f"{circle(field.width / 2, field.height / 2, field.short * dice.between(0.14, 0.22), field.light)}"
    )


def tiles(field: Field, dice: Dice) -> str:
    columns = dice.one_of((3, 4))
    rows = max(1, round(field.height * columns / field.width))
    across, down = field.width / columns, field.height / rows
    bright = (int(dice.between(0, rows - 0.01)), int(dice.between(0, columns - 0.01)))
    inks = {field.ink: "", field.light: ""}
    for row in range(rows):
        for column in range(columns):
            quarter = _quarter(column * across, row * down, across, down, corner=dice.one_of((0, 1, 2, 3)))
            inks[field.light if (row, column) == bright else field.ink] += quarter
    return "".join(path(points, ink) for ink, points in inks.items())


def _quarter(x: float, y: float, width: float, height: float, *, corner: int) -> str:
    """A quarter of an ellipse in one corner of a tile (0 top left, then clockwise)."""
    right, low = corner in {1, 2}, corner in {2, 3}
    middle_x, middle_y = x + width * right, y + height * low
    to_x, to_y = (-width if right else width), (-height if low else height)
    arc = f"a{number(width)} {number(height)} 0 0 {int(right == low)} {number(-to_x)} {number(to_y)}"
    return f"M{number(middle_x)} {number(middle_y)}h{number(to_x)}{arc}z"


def cabinets(field: Field, dice: Dice) -> str:
    columns = dice.one_of((2, 3))
    rows = max(1, round(field.height * columns / field.width))
    across, down = field.width / columns, field.height / rows
    side = min(across, down)
    loud = (int(dice.between(0, rows - 0.01)), int(dice.between(0, columns - 0.01)))
    drawn = []
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * across, (row + 0.5) * down
            cone = field.light if (row, column) == loud else field.ink
            ring = f'<circle fill="none" stroke="{field.ink}" cx="{number(x)}" cy="{number(y)}" '
            drawn.append(f'{ring}r="{number(side * 0.42)}" stroke-width="{number(side * 0.06)}"/>')
            drawn.append(circle(x, y, side * 0.32, cone))
            drawn.append(circle(x, y, side * 0.1, field.ink if cone == field.light else field.light))
    return "".join(drawn)


def crowd(field: Field, dice: Dice) -> str:
    people = dice.one_of((4, 5, 6))
    step = field.width / people
    bright = int(dice.between(0, people - 0.01))
    drawn = []
    for person in range(people):
        x = (person + 0.5) * step
        head = step * 0.26
        top = field.height * dice.between(0.06, 0.34)
        ink = field.light if person == bright else field.ink
        shoulders = top + 2 * head + step * 0.08
        radius = step * 0.46
        drawn.append(circle(x, top + head, head, ink))
        drawn.append(
            path(
                f"M{number(x - radius)} {number(field.height)}V{number(shoulders + radius)}"
                f"a{number(radius)} {number(radius)} 0 0 1 {number(2 * radius)} 0V{number(field.height)}z",
                ink,
            )
        )
    return "".join(drawn)


def bolt(field: Field, dice: Dice) -> str:
    teeth = dice.one_of((3, 4))
    bands = 6
    band = field.height / bands
    bright = int(dice.between(1, bands - 1.01))
    tooth = field.width / teeth
    drawn = []
    for turn in range(-1, bands + 1):
        points = [
            (column * tooth / 2, turn * band + (0 if column % 2 else min(band * 1.2, tooth / 2)))
            for column in range(2 * teeth + 1)
        ]
        upper = "L".join(f"{number(x)} {number(y)}" for x, y in points)
        lower = "L".join(f"{number(x)} {number(y + band * 0.5)}" for x, y in reversed(points))
        drawn.append(path(f"M{upper}L{lower}Z", field.light if turn == bright else field.ink))
    return "".join(drawn)


FIGURES: Final[tuple[Figure, ...]] = (
    floodlights,
    rings,
    halftone,
    swell,
    eclipse,
    tally,
    steps,
    strings,
    tiles,
    cabinets,
    crowd,
    bolt,
)
