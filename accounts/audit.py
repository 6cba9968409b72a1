"""Writes the audit: one entry per change, in the transaction of the change."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models

from accounts.actors import Actor
from accounts.models import AuditEntry, AuditPerson


def record(*, actor: Actor, action: str, subject: models.Model, now: datetime, **facts: Any) -> AuditEntry:
    """Write that `actor` did `action` ("event.publish") to `subject`.

    `facts` are JSON values that describe the change and must hold nothing personal: no names, mail addresses, phones.
    Who, from where and why goes to a side row of its own, which erasure can delete; so does who looked at the site as the actor
    meanwhile.
    """
    entry = AuditEntry.objects.create(
        at=now,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=getattr(subject, "public_id", None) or str(subject.pk),
        channel=actor.via,
        facts=facts,
        request_id=actor.request_id,
    )
    if actor.user or actor.address:
        AuditPerson.objects.create(
            entry=entry,
            user=actor.user,
            impersonator=actor.impersonator,
            address=actor.address or None,
            user_agent=actor.user_agent[:200],
            why=actor.why,
        )
    return entry


def forget_whereabouts(subject_type: str, subject_ids: Sequence[str]) -> None:
    """Delete from where somebody without an account did something about these: a personal link says who that was."""
    by_nobody = AuditPerson.objects.filter(user=None, entry__subject_type=subject_type)
    by_nobody.filter(entry__subject_id__in=subject_ids).delete()
