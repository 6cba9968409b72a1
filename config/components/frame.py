"""What stands around a page and leads from one to the next."""

from collections.abc import Sequence
from typing import ClassVar, Final, Literal, NamedTuple

from django.utils.translation import get_language

from config.components.declaration import Component, Text
from config.lib.languages import own_names


class Link(NamedTuple):
    """A place to go. `current` marks where the visitor is."""

    label: Text
    href: str
    current: bool = False


class SiteHeader(Component):
    """The head of every page: the name, where to go, and (the content) who is here."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    home: str
    links: Sequence[Link] = ()


class SiteFooter(Component):
    """The foot of every page; its content is the language switch."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    note: Text
    links: Sequence[Link] = ()


class LanguageSwitch(Component):
    """One button per language, each in its own words. Works without JavaScript and comes back to `next`."""

    action: str
    next: str

    @property
    def languages(self) -> list[tuple[str, str, bool]]:
        """(code, the language's own name, whether it is in use)."""
        return [(code, name, code == get_language()) for code, name in own_names().items()]


class Breadcrumb(Component):
    """The way here, from the top. The last link is this page."""

    links: Sequence[Link]


class Tabs(Component):
    """Views of one thing, each with its own address."""

    links: Sequence[Link]
    label: Text


class Pagination(Component):
    """Forward and back through a list by keys: there are no page numbers, because rows come and go meanwhile."""

    label: Text
    following: str = ""
    following_label: Text = ""
    previous: str = ""
    previous_label: Text = ""
    summary: Text = ""


class Notice(Component):
    """What just happened, said once. `kind` follows the levels of Django's messages. Its content may undo it."""

    slots: ClassVar[tuple[str, ...]] = ("content",)

    text: Text
    kind: Literal["note", "good", "warn", "bad"] = "note"

    @property
    def sign(self) -> str:
        return {"note": "info", "good": "check", "warn": "warning", "bad": "cross"}[self.kind]


class Dialog(Component):
    """A question that waits for an answer. A button with `opens` of the same id shows it; Escape puts it away."""

    slots: ClassVar[tuple[str, ...]] = ("content", "actions")

    id: str
    title: Text


COMPONENTS: Final = (SiteHeader, SiteFooter, LanguageSwitch, Breadcrumb, Tabs, Pagination, Notice, Dialog)
