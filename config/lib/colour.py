"""Colours in OKLCH (CSS Color 4, section 9) and what eyes and screens make of them."""

from math import atan2, cos, degrees, hypot, radians, sin
from typing import Final, NamedTuple

_LINEAR_BELOW: Final = 0.0031308  # where the sRGB curve ends in a straight line (IEC 61966-2-1)


class Oklch(NamedTuple):
    """Lightness 0 to 1, chroma 0 to about 0.4, hue in degrees."""

    lightness: float
    chroma: float
    hue: float

    def turned(self, angle: float) -> "Oklch":
        """The same colour, its hue turned by `angle` degrees."""
        return self._replace(hue=(self.hue + angle) % 360)

    def hex(self) -> str:
        """As `#rrggbb`, each channel cut to what a screen can show."""
        return "#" + "".join(f"{round(255 * _gamma(channel)):02x}" for channel in linear_rgb(self))


def linear_rgb(colour: Oklch) -> tuple[float, float, float]:
    """Linear-light sRGB, 0 to 1 each, clipped. The matrices are Björn Ottosson's, as CSS Color 4 gives them."""
    a = colour.chroma * cos(radians(colour.hue))
    b = colour.chroma * sin(radians(colour.hue))
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _clipped(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _clipped(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _clipped(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def luminance(colour: Oklch) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = linear_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Oklch, other: Oklch) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: Oklch, other: Oklch, share: float) -> Oklch:
    """`share` (0 to 1) of `other` stirred into `one`, straight through Oklab, so that no third hue turns up."""
    a, b = (
        (1 - share) * one.chroma * axis(radians(one.hue)) + share * other.chroma * axis(radians(other.hue))
        for axis in (cos, sin)
    )
    return Oklch(one.lightness + share * (other.lightness - one.lightness), hypot(a, b), degrees(atan2(b, a)) % 360)


def _clipped(channel: float) -> float:
    return min(1.0, max(0.0, channel))


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= _LINEAR_BELOW else 1.055 * channel ** (1 / 2.4) - 0.055
