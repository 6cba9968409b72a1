"""What the audit writes."""

from datetime import datetime

import pytest
from django.db import transaction

from accounts.actors import Actor, Via, platform
from accounts.audit import record
from accounts.models import AuditEntry, AuditPerson, User
from config.lib.errors import Conflict


def test_entry_says_what_when_and_through_what(fan: User, now: datetime) -> None:
    actor = Actor(via=Via.ADMIN, user=fan, address="203.0.113.7", user_agent="x" * 300, request_id="r1")
    entry = record(actor=actor, action="event.publish", subject=fan, now=now, count=3)
    entry.refresh_from_db()
    assert (entry.at, entry.action, entry.channel, entry.request_id) == (now, "event.publish", "admin", "r1")
    assert (entry.subject_type, entry.subject_id, entry.facts) == ("accounts.user", fan.public_id, {"count": 3})
    assert (entry.person.user, entry.person.address, len(entry.person.user_agent)) == (fan, "203.0.113.7", 200)


def test_platform_leaves_no_personal_row(fan: User, now: datetime) -> None:
    record(actor=platform(), action="event.close", subject=fan, now=now)
    assert not AuditPerson.objects.exists()


def _change_that_fails(user: User, now: datetime) -> None:
    with transaction.atomic():
        record(actor=platform(), action="event.close", subject=user, now=now)
        raise Conflict


def test_entry_falls_with_the_change_it_tells_of(fan: User, now: datetime) -> None:
    with pytest.raises(Conflict):
        _change_that_fails(fan, now)
    assert not AuditEntry.objects.exists()
