"""What waits, is worked on, is late or has failed, kind by kind: each app registers its own in a `jobs.py`, which is found as
Django finds `admin.py`. It is read from the apps' own rows, so it is right while the broker is away.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise

from accounts.actors import Actor
from config.lib.errors import NotFound

Words = str | Promise
MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Count:
    """How many are in a state, and since when the oldest of them (None where that says nothing)."""

    words: Words
    number: int
    oldest: datetime | None = None
    is_trouble: bool = False


@dataclass(frozen=True, slots=True)
class Stuck:
    """One that somebody should look at. `can_redrive`: the section's service would start it once more."""

    public_id: str
    what: Words
    why: Words
    since: datetime
    can_redrive: bool = False


Redrive = Callable[[Actor, str, datetime], None]


@dataclass(frozen=True, slots=True)
class JobSection:
    """`counts` and `stuck` ask the rows as of a moment; `redrive` calls the app's own service by a row's public id."""

    key: str
    title: Words
    counts: Callable[[datetime], Sequence[Count]]
    stuck: Callable[[datetime], Sequence[Stuck]]
    redrive: Redrive | None = None


_sections: Final[dict[str, JobSection]] = {}


def register(section: JobSection) -> None:
    """An app says what it has; saying it again replaces what it said."""
    _sections[section.key] = section


def registered() -> list[JobSection]:
    """All of them, as the apps come."""
    return list(_sections.values())


def section_named(key: str) -> JobSection:
    """Raises NotFound."""
    if key not in _sections:
        raise NotFound
    return _sections[key]
