"""The registry of personal data: what each app holds about a person, how it forgets them, how long it keeps what.

An app registers its own in a `privacy.py`, which is found as Django finds `admin.py`. A test walks every model: a field that
looks personal is declared there, as personal or with the reason why it is not.

Forgetting goes from the upper apps to the lower ones: each finds its rows through those below it, which are still there. It is
asked again after a crash, so `forget` finds what is left to do, and having nothing to do is no error.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any, Final

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise

from accounts.persons import Person
from config.lib.rows import PIECE, delete_rows, piecewise

Words = str | Promise
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """One list of what is held and one file of the export: `rows` streams objects of JSON values, dates and times."""

    name: str
    title: Words
    rows: Callable[[Person], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file of the person's, with the name it has in the export (`files/<name>`)."""

    name: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long one kind of data is kept. `due` finds the rows that are from before a moment and still there to go.

    The period is a setting in days, or fixed where a promise of the API fixes it. `discard` deletes, or blanks what is
    personal so that the rows drop out of `due`; either way it is given a piece at a time.
    """

    key: str
    what: Words
    due: Callable[[datetime], QuerySet[Any]]
    setting: str = ""
    fixed: timedelta = timedelta()
    discard: Callable[[QuerySet[Any]], int] = delete_rows

    @property
    def period(self) -> timedelta:
        return timedelta(days=getattr(settings, self.setting)) if self.setting else self.fixed

    def rows(self, *, now: datetime) -> QuerySet[Any]:
        """What has served its time."""
        return self.due(now - self.period)

    def apply(self, *, now: datetime, piece: int = PIECE) -> int:
        """Discard it, and count how many rows that was."""
        return piecewise(self.rows(now=now), self.discard, piece=piece)


def _no_files(_person: Person) -> Iterator[HeldFile]:
    return iter(())


def _nothing_in_the_way(_person: Person) -> Iterable[Words]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What one app says of itself.

    `personal` and `not_personal` name fields by model label ("events.Attendee"); the latter with the reason. `goes` and
    `stays` are what the page of erasure says, a sentence each. `hindrances` are sentences that say why somebody cannot be
    forgotten yet and what to do about it. `forget` runs in a transaction of its own.
    """

    app: str
    personal: Mapping[str, Iterable[str]] = field(default_factory=dict)
    not_personal: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    files: Callable[[Person], Iterator[HeldFile]] = _no_files
    forget: Callable[[Person, datetime], None]
    goes: tuple[Words, ...] = ()
    stays: tuple[Words, ...] = ()
    retention: tuple[Retention, ...] = ()
    hindrances: Callable[[Person], Iterable[Words]] = _nothing_in_the_way


_registered: Final[dict[str, PersonalData]] = {}


def register(data: PersonalData) -> None:
    """An app says what it holds; saying it again replaces what it said."""
    _registered[data.app] = data


def registered() -> list[PersonalData]:
    """All of them, the upper apps first."""
    order = [config.label for config in apps.get_app_configs()]
    return sorted(_registered.values(), key=lambda data: order.index(data.app))


def sections() -> list[Section]:
    """Every section of the export: what is closest to the person, the account, comes first."""
    return [section for data in reversed(registered()) for section in data.sections]


def rules() -> list[Retention]:
    """Every rule of how long something is kept."""
    return [rule for data in reversed(registered()) for rule in data.retention]
