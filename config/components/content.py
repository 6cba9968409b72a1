"""What pages tell: nights, tickets, facts, tables, and what is said when there is nothing yet."""

from collections.abc import Sequence
from typing import ClassVar, Final, Literal

from config.components.declaration import Component, Text
from config.lib.numerals import written


class Alert(Component):
    """Something to know before going on, in the flow of the page. `live` has it read out when it appears."""

    slots: ClassVar[tuple[str, ...]] = ("content", "actions")

    title: Text
    kind: Literal["note", "good", "warn", "bad"] = "note"
    live: bool = False

    @property
    def sign(self) -> str:
        return {"note": "info", "good": "check", "warn": "warning", "bad": "cross"}[self.kind]


class Card(Component):
    """A thing among others of its kind. With `href` its title is the link and the whole card can be tapped."""

    slots: ClassVar[tuple[str, ...]] = ("content", "media", "actions")

    title: Text
    href: str = ""
    level: Literal[2, 3, 4] = 3


class PosterCard(Component):
    """A night in a grid: its poster (the content), then in words what the poster says, then its `state`."""

    slots: ClassVar[tuple[str, ...]] = ("content", "state")

    title: Text
    href: str
    when: Text
    where: Text
    price: Text = ""
    level: Literal[2, 3, 4] = 3


class Bill(Component):
    """Nights or artists as a bill: rows between thick rules. Its content is `bill_row`s."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    label: Text
    ordered: bool = False


class BillRow(Component):
    """One line of a bill: a time or number, the name at poster size, where, and a state as content."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    name: Text
    lead: Text = ""
    note: Text = ""
    href: str = ""
    big_lead: bool = False


class Ticket(Component):
    """A ticket. Held, it is hatched (not yours yet); confirmed, it shows its code; admitted, it is stamped.

    The content is the code (an SVG); `art` is the figure at the head; `remains` is what stands in a held one.
    """

    slots: ClassVar[tuple[str, ...]] = ("content", "art", "remains")

    title: Text
    state: Literal["held", "confirmed", "admitted", "void"]
    serial: str
    holder: Text = ""
    stamp: Text = ""
    stamp_note: Text = ""
    facts: Sequence[tuple[Text, Text]] = ()


class Steps(Component):
    """How far something has come. Steps still to come are hatched. `done` counts from 0."""

    steps: Sequence[Text]
    done: int
    label: Text

    @property
    def track(self) -> list[tuple[Text, bool, bool]]:
        """(label, done, the last one done)."""
        return [(step, place < self.done, place == self.done - 1) for place, step in enumerate(self.steps)]


class Facts(Component):
    """Names and values, one pair to a line."""

    facts: Sequence[tuple[Text, Text]]


class Stat(Component):
    """One number worth a glance, in the visitor's own way of writing numbers. The content says more (a sparkline)."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    value: int | float | Text
    label: Text
    note: Text = ""

    @property
    def written(self) -> str:
        if isinstance(self.value, int | float):
            return written(self.value)
        return str(self.value)


class Table(Component):
    """A table in a box that scrolls sideways on its own. The content is thead and tbody; figures take class `num`."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    caption: Text
    hide_caption: bool = False


class Empty(Component):
    """What will be here, and the action that fills it (its content)."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    title: Text
    text: Text
    level: Literal[1, 2, 3] = 2


class Thread(Component):
    """Text messages as a phone shows them. Its content is `bubble`s."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    label: Text


class Bubble(Component):
    """One text message; `mine` is what the fan sent. One that is still `coming` is hatched, one that is `lost` struck."""

    text: Text
    mine: bool = False
    note: Text = ""
    stage: Literal["here", "coming", "lost"] = "here"


class Qr(Component):
    """Holds a code to scan, on paper in either theme, so that every scanner reads it. The content is the SVG."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    label: Text
    caption: Text = ""


COMPONENTS: Final = (
    Alert,
    Card,
    PosterCard,
    Bill,
    BillRow,
    Ticket,
    Steps,
    Facts,
    Stat,
    Table,
    Empty,
    Thread,
    Bubble,
    Qr,
)
