"""Posters: the same seed gives the same sheet, every sheet is sound, and its type can be read."""

from hashlib import sha256
from itertools import product
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lib.colour import Oklch, contrast
from events.posters import HEIGHT, MARGIN, WIDTH, Poster, artwork, palette_of
from events.posters.dice import Dice
from events.posters.figures import FIGURES, Field, Figure
from events.posters.palettes import PALETTES, Palette

LARGE_TYPE = 3.0
TEXT = 4.5
SHIFTS = (-8.0, -4.0, 0.0, 4.0, 8.0)
BRASS = range(60, 101)
PAPER_CHROMA = 0.05  # below this an ink is a tone of paper, not a colour


def sheet(seed: str = "k3j9", title: str = "Loud Night 42") -> Poster:
    return Poster(seed=seed, title=title, date="Fri 20 Nov", town="Leeds", venue="Foundry Rooms", doors="Doors 19:00")


def test_the_same_seed_gives_the_same_sheet() -> None:
    assert sheet().svg() == sheet().svg()
    assert artwork(seed="a", width=300, height=100) == artwork(seed="a", width=300, height=100)


def test_other_seeds_give_other_sheets() -> None:
    sheets = {sheet(seed=f"night-{number}").svg() for number in range(60)}
    assert len(sheets) == 60


def test_a_sheet_known_by_heart() -> None:
    """A change of the recipe changes every poster in the world: it must be meant."""
    drawn = sheet().svg()
    assert palette_of("k3j9").ground.hex() in drawn
    assert sha256(drawn.encode()).hexdigest().startswith("d64af1d3fe4de931")


@given(
    title=st.text(min_size=1, max_size=200, alphabet=st.characters(exclude_categories=("Cs", "Cc"))),
    seed=st.text("abc", max_size=4),
)
def test_any_title_makes_a_sound_sheet(title: str, seed: str) -> None:
    drawn = ET.fromstring(sheet(seed=seed, title=title).svg())
    assert drawn.get("aria-hidden") == "true"
    set_lines = [text for text in drawn.iter("text") if text.get("textLength")]
    words = " ".join("".join(line.itertext()) for line in set_lines)
    assert words.split() == (title.upper().split() or ["?"])


@pytest.mark.parametrize(
    "title", ["Go", "42", "Loud Night 42", "Été à Besançon", "Bells & Basalt", "x" * 40, "a b " * 30]
)
@pytest.mark.parametrize("seed", [f"seed{number}" for number in range(12)])
def test_type_stays_on_the_sheet(title: str, seed: str) -> None:
    drawn = ET.fromstring(sheet(seed=seed, title=title).svg())
    for line in drawn.iter("text"):
        if length := line.get("textLength"):
            x, y, size = (float(line.get(name, "0")) for name in ("x", "y", "font-size"))
            assert x >= MARGIN - 0.1 * size
            assert x + float(length) <= WIDTH - MARGIN + 0.1 * size
            assert 0.65 * size < y < HEIGHT - MARGIN


def test_a_label_is_spoken_and_escaped() -> None:
    drawn = ET.fromstring(sheet().svg(label='Poster of "Loud" & <more>'))
    assert drawn.get("role") == "img"
    assert drawn.get("aria-label") == 'Poster of "Loud" & <more>'


def test_two_copies_on_one_page_share_no_id() -> None:
    ids = [
        element.get("id")
        for copy in (0, 1)
        for element in ET.fromstring(sheet().svg(copy=copy)).iter()
        if element.get("id")
    ]
    assert len(ids) == len(set(ids)) == 2


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(("width", "height"), [(300, 80), (300, 260), (300, 400), (1440, 400), (300, 1)])
def test_every_figure_fills_any_field(figure: Figure, width: int, height: int) -> None:
    drawn = figure(Field(width, height, "#112233", "#eeddcc"), Dice("seed"))
    parts = ET.fromstring(f"<g>{drawn}</g>")
    assert {"#112233", "#eeddcc"} <= {value for part in parts.iter() for value in part.attrib.values()}


@pytest.mark.parametrize("palette", PALETTES)
def test_type_reads_on_the_grounds_and_across_a_faded_figure(palette: Palette) -> None:
    for shift in SHIFTS:
        inks = palette.turned(shift)
        faded = inks.faded()
        for ground in (inks.ground, inks.ground_end):
            assert contrast(inks.type, ground) >= TEXT
        for figure in (faded.figure, faded.figure_light):
            assert contrast(inks.type, figure) >= LARGE_TYPE


@pytest.mark.parametrize("palette", PALETTES)
def test_the_figure_stands_out_from_the_ground(palette: Palette) -> None:
    assert contrast(palette.figure, palette.ground) >= 1.8


@pytest.mark.parametrize(("palette", "shift"), list(product(PALETTES, SHIFTS)))
def test_no_ink_comes_near_brass(palette: Palette, shift: float) -> None:
    for ink in palette.turned(shift):
        assert ink.chroma <= PAPER_CHROMA or round(ink.hue) not in BRASS


def test_colours_convert_as_css_says() -> None:
    """Values of CSS Color 4's own examples and of white and black."""
    assert Oklch(1, 0, 0).hex() == "#ffffff"
    assert Oklch(0, 0, 0).hex() == "#000000"
    assert Oklch(0.62796, 0.25768, 29.234).hex() == "#ff0000"
    assert contrast(Oklch(1, 0, 0), Oklch(0, 0, 0)) == pytest.approx(21)
