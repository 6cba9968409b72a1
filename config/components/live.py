"""What moves while people watch. Each part is whole without JavaScript; a module then keeps it current."""

from datetime import datetime
from math import ceil
from typing import ClassVar, Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.components.declaration import Component, Text
from config.lib.numerals import written

_LETTERS: Final = (11, 15, 20, 28)  # from which a name is set smaller; the same as in leaderboard.js


class Leaderboard(Component):
    """The standings. The row is the bar, the leader is a slab of brass. Its content is rows and cuts."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    label: Text
    many_votes: bool = False  # a thousand and more are expected
    quiet_lead: bool = False  # beside another slab of brass: the leader keeps the hue, not the area


class LeaderboardRow(Component):
    """One artist. `share` is votes over the leader's votes; `key` names the row to the module that moves it.

    A row in the state `chasing` shows the gap to the lead hatched, up to the leader's line; a `vacant` one is the leader's
    place while nobody leads.
    """

    artist: Text
    place: int
    votes: int
    share: float
    key: str
    state: Literal["leader", "vacant", "chasing", "running", "out"] = "running"
    note: Text = ""

    @property
    def count(self) -> str:
        return written(self.votes)

    @property
    def fit(self) -> int:
        """How much smaller a long name is set, so that it keeps to one line and no row ever changes its height."""
        return sum(len(str(self.artist)) > letters for letters in _LETTERS)


class LeaderboardCut(Component):
    """The line below which nobody goes through."""

    text: Text


class Countdown(Component):
    """Time left until a moment, drawn once here and then ticked by `countdown.js` against the server's clock.

    `total` is the whole span in seconds; with it a rule drains below the figures.
    """

    until: datetime
    now: datetime
    label: Text
    total: int = 0
    size: Literal["plain", "large"] = "large"

    @property
    def seconds(self) -> int:
        return max(0, ceil((self.until - self.now).total_seconds()))

    @property
    def clock(self) -> str:
        """`1:02:03`, `2:03` or `0:42`."""
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    @property
    def share(self) -> float:
        return self.seconds / self.total if self.total else 0.0

    @property
    def instants(self) -> tuple[str, str]:
        """(until, now), ISO 8601, for the module."""
        return self.until.isoformat(), self.now.isoformat()


class Progress(Component):
    """Long work, in real counts. What is still to do is hatched. The content says more: failures, time left."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    label: Text
    done: int
    total: int

    @property
    def counts(self) -> str:
        return _("%(done)s of %(total)s") % {"done": written(self.done), "total": written(self.total)}


class Skeleton(Component):
    """The shape of rows that are being fetched, and how many there will be, so that nothing jumps when they come."""

    rows: int
    label: Text = ""

    @property
    def lines(self) -> range:
        return range(self.rows)

    @property
    def spoken(self) -> str:
        if self.label:
            return str(self.label)
        return ngettext("Loading %(count)s row", "Loading %(count)s rows", self.rows) % {"count": self.rows}


COMPONENTS: Final = (Leaderboard, LeaderboardRow, LeaderboardCut, Countdown, Progress, Skeleton)
