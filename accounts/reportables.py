"""The registry of what can be reported: how each kind is found, whose it is, what moderators are shown of it.

An app registers its own in a `moderation.py`, which is found as Django finds `admin.py`. What is held has a `held_at`, the one
fact that the querysets, policies and statements of its app ask: whoever is not its owner or an admin finds nothing there.
Apps above hear of it (`watch`) when they keep copies, and say what no report alone may hold (`spare`).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from accounts.actors import Actor
from accounts.models import User
from config.lib.errors import NotFound

Words = str | Promise
Watcher = Callable[[str], None]
Sparing = Callable[[str, datetime], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reportable:
    """One kind of thing. `kind` is what addresses call it ("event").

    `rows` are all of them, held or not; `seen_by` the rows an actor may look at, and so report. `texts` is everything it says in public; `picture` an address,
    or "". `href` is its page, "" where it has none of its own.
    """

    kind: str
    model: type[Model]
    words: Words
    rows: Callable[[], "QuerySet[Any, Any]"]
    seen_by: Callable[[Actor], "QuerySet[Any, Any]"]
    owner: Callable[[Any], User | None]
    title: Callable[[Any], str]
    href: Callable[[Any], str] = lambda _row: ""
    texts: Callable[[Any], list[str]] = lambda _row: []
    picture: Callable[[Any], str] = lambda _row: ""

    @property
    def label(self) -> str:
        """The model as the audit names it."""
        return self.model._meta.label_lower


_registered: Final[dict[str, Reportable]] = {}
_watchers: Final[defaultdict[str, list[Watcher]]] = defaultdict(list)
_sparings: Final[defaultdict[str, list[Sparing]]] = defaultdict(list)


def register(reportable: Reportable) -> None:
    """From now on this kind can be reported."""
    _registered[reportable.kind] = reportable


def watch(kind: str, watcher: Watcher) -> None:
    """Call `watcher` with the public id, after the commit, whenever one of this kind is held or shown again."""
    _watchers[kind].append(watcher)


def spare(kind: str, sparing: Sparing) -> None:
    """No rule holds one of this kind (by public id) at a moment for which `sparing` says so: people decide."""
    _sparings[kind].append(sparing)


def kinds() -> list[Reportable]:
    """All of them."""
    return list(_registered.values())


def kind_named(kind: str) -> Reportable:
    """Raises NotFound."""
    found = _registered.get(kind)
    if found is None:
        raise NotFound
    return found


def kind_labelled(label: str) -> Reportable:
    """By the model's label. A kind that is registered no more is a mistake of ours, hence KeyError."""
    return {each.label: each for each in kinds()}[label]


def to_report(actor: Actor, kind: str, public_id: str) -> Any:
    """What the actor sees under this id and may report. Raises NotFound."""
    row = kind_named(kind).seen_by(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def row_of(label: str, public_id: str) -> Any:
    """The thing, held or not; None once it is gone."""
    return kind_labelled(label).rows().filter(public_id=public_id).first()


def is_spared(label: str, public_id: str, *, now: datetime) -> bool:
    """Whether only people may hold it at this moment."""
    return any(sparing(public_id, now) for sparing in _sparings[kind_labelled(label).kind])


def set_held(label: str, public_id: str, held_at: datetime | None) -> None:
    """Hide it from everybody but its owner and admins, or show it again, from the commit on."""
    reportable = kind_labelled(label)
    reportable.rows().filter(public_id=public_id).update(held_at=held_at)
    for watcher in _watchers[reportable.kind]:
        transaction.on_commit(partial(watcher, public_id))
