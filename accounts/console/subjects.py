"""Whose audit entries an organizer may read: upper apps name the subjects that are theirs to know."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

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
