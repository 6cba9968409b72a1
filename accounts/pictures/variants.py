"""The sizes a picture is kept in."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple


class Cut(StrEnum):
    """How a picture is brought to a size: `square` keeps its middle, `whole` all of it."""

    SQUARE = "square"
    WHOLE = "whole"


class Shape(NamedTuple):
    """`widths` in pixels, the smallest first. A whole picture is at most twice as high, and never enlarged."""

    cut: Cut
    widths: Sequence[int]

    def box(self, width: int, height: int, wanted: int) -> tuple[int, int]:
        """The size of a picture of `width` x `height` before it is cut, once it is `wanted` wide; at most what it is."""
        covers = wanted / min(width, height)
        fits = min(wanted / width, 2 * wanted / height)
        share = min(1.0, covers if self.cut is Cut.SQUARE else fits)
        return max(1, round(width * share)), max(1, round(height * share))


SHAPES: Final[Mapping[str, Shape]] = {
    "avatar": Shape(Cut.SQUARE, (96, 256, 512)),
    "picture": Shape(Cut.WHOLE, (480, 960, 1920)),
}
"""Kind of upload → its sizes."""
