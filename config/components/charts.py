"""Small charts drawn on the server: an SVG, a sentence that says what it shows, and the table it was drawn from."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from django.utils.translation import gettext as _

from config.components.declaration import Component, Text
from config.lib.numerals import written

_WIDTH: Final = 240.0
_HEIGHT: Final = 100.0

Point = tuple[Text, int | float]


class Series(NamedTuple):
    """One line of a chart: a name and a value for every label on the axis. `leads` draws it strongest."""

    name: Text
    values: Sequence[int | float]
    leads: bool = False


class Bar(NamedTuple):
    """One drawn bar: its label, value in words, share of the longest (0 to 1), and what it kept of the one before."""

    label: Text
    value: str
    share: float
    kept: str = ""


class Chart(Component):
    """What all charts share. `title` names it; `summary` says in one sentence what a glance would tell."""

    title: Text
    summary: Text


class Sparkline(Chart):
    """One measure over time, small. `points` are (label, value) from the first to the last."""

    points: Sequence[Point]

    @property
    def line(self) -> str:
        return _line([value for _label, value in self.points], _highest(self.points))

    @property
    def head(self) -> list[Text]:
        return ["", self.title]

    @property
    def rows(self) -> list[list[Text]]:
        return [[label, _written(value)] for label, value in self.points]


class LineChart(Chart):
    """Up to three measures over the same time. Lines differ in weight and dash, not only in colour.

    `told` is the figure beside a line's name: where a measure has come to, or all of it where each point is a count.
    """

    labels: Sequence[Text]
    series: Sequence[Series]
    told: Literal["last", "sum"] = "last"

    @property
    def lines(self) -> list[tuple[Series, str, str]]:
        """(series, its path, the figure beside its name)."""
        highest = max((value for series in self.series for value in series.values), default=0)
        return [(series, _line(series.values, highest), self._figure(series)) for series in self.series]

    def _figure(self, series: Series) -> str:
        return _written(sum(series.values) if self.told == "sum" else series.values[-1])

    @property
    def highest(self) -> str:
        return _written(max((value for series in self.series for value in series.values), default=0))

    @property
    def head(self) -> list[Text]:
        return ["", *(series.name for series in self.series)]

    @property
    def rows(self) -> list[list[Text]]:
        columns = zip(self.labels, *(series.values for series in self.series), strict=True)
        return [[str(label), *(_written(value) for value in values)] for label, *values in columns]


class BarChart(Chart):
    """Counts side by side. `points` are (label, count)."""

    points: Sequence[Point]
    order: Literal["given", "falling"] = "given"

    @property
    def bars(self) -> list[Bar]:
        highest = _highest(self.points)
        points = sorted(self.points, key=lambda point: -point[1]) if self.order == "falling" else self.points
        return [Bar(label, _written(value), value / highest) for label, value in points]

    @property
    def head(self) -> list[Text]:
        return ["", self.title]

    @property
    def rows(self) -> list[list[Text]]:
        return [[bar.label, bar.value] for bar in self.bars]


class Funnel(Chart):
    """How many went from each step to the next. `points` are (step, count), the widest first."""

    points: Sequence[Point]

    @property
    def bars(self) -> list[Bar]:
        highest = _highest(self.points)
        before = [None, *(value for _label, value in self.points)]
        return [
            Bar(label, _written(value), value / highest, _kept(value, earlier))
            for (label, value), earlier in zip(self.points, before, strict=False)
        ]

    @property
    def head(self) -> list[Text]:
        return ["", self.title, _("Kept")]

    @property
    def rows(self) -> list[list[Text]]:
        return [[bar.label, bar.value, bar.kept] for bar in self.bars]


COMPONENTS: Final = (Sparkline, LineChart, BarChart, Funnel)


def _line(values: Sequence[int | float], highest: float) -> str:
    """The path through the values, from left to right, zero at the bottom; one value is a level line."""
    if len(values) == 1:
        values = [values[0], values[0]]
    step = _WIDTH / max(1, len(values) - 1)
    top = highest or 1
    corners = (f"{place * step:.1f} {_HEIGHT - _HEIGHT * value / top:.1f}" for place, value in enumerate(values))
    return "M" + "L".join(corners)


def _highest(points: Sequence[Point]) -> float:
    return max((value for _label, value in points), default=0) or 1


def _kept(value: float, earlier: float | None) -> str:
    """The share of the step before, in whole percent."""
    return f"{written(round(100 * value / earlier))} %" if earlier else ""


def _written(value: float) -> str:
    places = None if float(value).is_integer() else 1
    return written(value, places=places)
