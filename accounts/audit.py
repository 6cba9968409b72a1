"""Writes the audit: one entry per change, in the transaction of the change."""

from datetime import datetime
from typing import Any

from django.db import models

from accounts.actors import Actor
from accounts.models import AuditEntry, AuditPerson


def record(*, actor: Actor, action: str, subject: models.Model, now: datetime, **facts: Any) -> AuditEntry:
    """Write that `actor` did `action` ("event.publish") to `subject`.

    `facts` are JSON values that describe the change and must hold nothing personal: no names, mail addresses, phones.
    Who and from where goes to a side row of its own, which erasure can delete.
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
            entry=entry, user=actor.user, address=actor.address or None, user_agent=actor.user_agent[:200]
        )
    return entry
