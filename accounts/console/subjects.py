"""What audit entries are about: whose an organizer may read, which upper apps say, and how things are called."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import NotRegistered
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.actors import Actor
from accounts.models import AuditEntry
from accounts.policies import sees_everything

SubjectsOf = Callable[[Actor], "QuerySet[Any, Any]"]

_subjects: dict[str, SubjectsOf] = {}


def register_subjects(label: str, ids_of: SubjectsOf) -> None:
    """`ids_of` gives the public ids, a query of one column, of the things of this model that an actor runs.

    `label` is the model's in lower case, as entries have it ("events.event"). Call it from an app's `admin.py`.
    """
    _subjects[label] = ids_of


def entries_seen_by(actor: Actor) -> "QuerySet[AuditEntry]":
    """Everything for an admin; what was done to their own for others."""
    if sees_everything(actor):
        return AuditEntry.objects.all()
    theirs = Q(pk__in=[])
    for label, ids_of in _subjects.items():
        theirs |= Q(subject_type=label, subject_id__in=ids_of(actor))
    return AuditEntry.objects.filter(theirs)


def names_of(
    subjects: Iterable[tuple[str, str]], *, site: AdminSite, request: HttpRequest
) -> dict[tuple[str, str], str]:
    """What the console calls things, by (label of the model, id as the audit has it). A query for each model.

    Left out is what is no more, what the reader may not look at, and what the console has no pages of.
    """
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for label, subject_id in subjects:
        asked[label].add(subject_id)
    names: dict[tuple[str, str], str] = {}
    for label, ids in asked.items():
        model = apps.get_model(label)
        try:
            console: Any = site.get_model_admin(model)
        except NotRegistered:
            continue
        key = "public_id" if hasattr(model, "public_id") else "pk"
        rows = console.get_queryset(request).filter(**{f"{key}__in": ids})
        if console.list_select_related:
            rows = rows.select_related(*console.list_select_related)
        names |= {(label, str(getattr(row, key))): console.name_of(row) for row in rows}
    return names
