"""The inks of generated posters: two grounds, two inks for the figure, one for the type.

No saturated ink comes near brass (hue 60 to 100), which belongs to the interface's main action and to who leads.
"""

from typing import Final, NamedTuple

from config.lib.colour import Oklch, mixed


class Palette(NamedTuple):
    """`type` reads on both grounds at 4.5:1, whatever hue shift the sheet is given."""

    ground: Oklch
    ground_end: Oklch
    figure: Oklch
    figure_light: Oklch
    type: Oklch

    def turned(self, degrees: float) -> "Palette":
        """The palette with every hue shifted, so that two sheets of one palette are not of one colour."""
        return Palette(*(ink.turned(degrees) for ink in self))

    def faded(self) -> "Palette":
        """The figure two thirds of the way back into the ground, for type that runs across it."""
        return self._replace(
            figure=mixed(self.figure, self.ground, 0.68), figure_light=mixed(self.figure_light, self.ground, 0.72)
        )


PALETTES: Final = (
    # ember
    Palette(
        Oklch(0.545, 0.215, 26),
        Oklch(0.45, 0.185, 10),
        Oklch(0.19, 0.065, 300),
        Oklch(0.86, 0.075, 20),
        Oklch(0.97, 0.015, 88),
    ),
    # deep water
    Palette(
        Oklch(0.37, 0.075, 212),
        Oklch(0.27, 0.06, 228),
        Oklch(0.80, 0.115, 180),
        Oklch(0.95, 0.03, 95),
        Oklch(0.97, 0.015, 95),
    ),
    # rose
    Palette(
        Oklch(0.81, 0.11, 354), Oklch(0.745, 0.14, 7), Oklch(0.50, 0.205, 16), Oklch(0.96, 0.02, 52), Oklch(0.21, 0.07, 330)
    ),
    # rust
    Palette(
        Oklch(0.31, 0.075, 42), Oklch(0.225, 0.055, 28), Oklch(0.67, 0.205, 40), Oklch(0.90, 0.045, 60), Oklch(0.95, 0.03, 75)
    ),
    # acid
    Palette(
        Oklch(0.89, 0.195, 126), Oklch(0.83, 0.195, 138), Oklch(0.31, 0.085, 150), Oklch(0.975, 0.03, 110), Oklch(0.22, 0.06, 150)
    ),
    # newsprint
    Palette(
        Oklch(0.935, 0.03, 82), Oklch(0.885, 0.042, 70), Oklch(0.47, 0.225, 264), Oklch(0.61, 0.22, 27), Oklch(0.19, 0.045, 285)
    ),
    # night
    Palette(
        Oklch(0.255, 0.075, 302), Oklch(0.17, 0.05, 284), Oklch(0.61, 0.21, 306), Oklch(0.88, 0.19, 122), Oklch(0.96, 0.02, 100)
    ),
    # ultramarine
    Palette(
        Oklch(0.385, 0.21, 270), Oklch(0.30, 0.185, 286), Oklch(0.745, 0.115, 232), Oklch(0.70, 0.195, 42), Oklch(0.97, 0.015, 95)
    ),
    # pine
    Palette(
        Oklch(0.345, 0.08, 154), Oklch(0.255, 0.06, 170), Oklch(0.78, 0.13, 352), Oklch(0.93, 0.04, 98), Oklch(0.955, 0.03, 95)
    ),
    # sky
    Palette(
        Oklch(0.84, 0.09, 219), Oklch(0.765, 0.115, 236), Oklch(0.31, 0.135, 264), Oklch(0.62, 0.215, 30), Oklch(0.19, 0.06, 275)
    ),
    # lilac
    Palette(
        Oklch(0.83, 0.085, 308), Oklch(0.76, 0.12, 296), Oklch(0.40, 0.215, 290), Oklch(0.975, 0.02, 100), Oklch(0.20, 0.08, 292)
    ),
    # coal
    Palette(
        Oklch(0.25, 0.012, 300), Oklch(0.17, 0.012, 300), Oklch(0.62, 0.225, 24), Oklch(0.93, 0.03, 95), Oklch(0.965, 0.015, 95)
    ),
)  # fmt: skip
