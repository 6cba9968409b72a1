"""The smallest parts: type, icons, actions, states."""

from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Final, Literal

from django.conf import settings
from django.template import TemplateSyntaxError

from config.components.declaration import Component, Text
from config.lib.wood_type import FACE, Setting, lines_of, stacked

_ICONS: Final = Path(settings.BASE_DIR) / "templates/components/icons"
_MEASURE: Final = 1_000.0


@lru_cache(maxsize=1)
def icon_names() -> tuple[str, ...]:
    """Every icon there is: one file each in `templates/components/icons/`."""
    return tuple(sorted(path.stem for path in _ICONS.glob("*.html")))


class Icon(Component):
    """A drawing in one stroke. Hidden from screen readers unless it has a `label` of its own."""

    icon: str
    label: Text = ""

    @property
    def drawing(self) -> str:
        if self.icon not in icon_names():
            raise TemplateSyntaxError(f"There is no icon {self.icon!r}. There are: {', '.join(icon_names())}.")
        return f"components/icons/{self.icon}.html"


class Button(Component):
    """Something to do; with `href`, somewhere to go. `kind="action"` is brass and stands once per screen.

    `note` is set at the far end (a price); `opens` and `closes` are the id of a dialog.
    """

    passes_attributes: ClassVar[bool] = True

    label: Text
    kind: Literal["plain", "action", "danger", "quiet"] = "plain"
    href: str = ""
    type: Literal["submit", "button", "reset"] = "submit"
    name: str = ""
    value: object = ""
    form: str = ""
    opens: str = ""
    closes: str = ""
    icon: str = ""
    icon_after: str = ""
    note: Text = ""
    wide: bool = False
    disabled: bool = False

    @property
    def dialog(self) -> str:
        return self.opens or self.closes


class Badge(Component):
    """A state in one or two words; shape and icon say it again, so that colour never says it alone."""

    label: Text
    kind: Literal["plain", "live", "good", "warn", "bad", "quiet", "lead"] = "plain"
    icon: str = ""

    @property
    def sign(self) -> str:
        return self.icon or {"good": "check", "warn": "clock", "bad": "cross"}.get(self.kind, "")


class Tag(Component):
    """A word things are filed under: a genre, a place."""

    label: Text
    href: str = ""
    current: bool = False


class Avatar(Component):
    """A face, or the initials of the name. Decoration beside the name itself, so it is not read out."""

    person: str
    image: str = ""
    size: Literal["small", "medium", "large"] = "medium"

    @property
    def initials(self) -> str:
        words = self.person.split()
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


class WoodType(Component):
    """A headline as wide as its column. `narrow_lines` is for columns of phone width; `level` 0 is no heading.

    The drawn lines are hidden from screen readers, the real words stand beside them.
    """

    words: Text
    level: Literal[0, 1, 2, 3] = 1
    lines: int = 1
    narrow_lines: int = 0

    @property
    def settings(self) -> list[tuple[str, Setting]]:
        """The same words for wide and narrow columns, each with the class that shows it."""
        wide, narrow = self._set(self.lines), self._set(self.narrow_lines or self.lines)
        return [("", wide)] if wide == narrow else [("when-wide", wide), ("when-narrow", narrow)]

    @property
    def measure(self) -> int:
        return round(_MEASURE)

    @property
    def face(self) -> str:
        return FACE

    def _set(self, lines: int) -> Setting:
        return stacked(lines_of(str(self.words), lines), measure=_MEASURE)


class Fill(Component):
    """A bar that is `share` (0 to 1) full. Its width is an SVG transform: no inline style, and a module may move it."""

    share: float
    draining: bool = False

    @property
    def scale(self) -> str:
        return f"{min(1.0, max(0.0, self.share)):.4f}"


COMPONENTS: Final = (WoodType, Icon, Button, Badge, Tag, Avatar, Fill)
