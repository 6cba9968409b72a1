"""Trying once more to send what could not be sent."""

from datetime import datetime, timedelta

import pytest

from accounts import job_sections
from accounts.models import AuditEntry, User
from config.lib.errors import Forbidden, NotFound
from config.tests.fixtures import acting
from messaging.models import Message, MessageState
from messaging.services.redriving import NothingLeftToSend, redrive
from messaging.tests.factories import MessageFactory

pytestmark = pytest.mark.django_db


def failed(now: datetime, **facts: object) -> Message:
    return MessageFactory.create(state=MessageState.FAILED, settled_at=now, **facts)


def test_it_goes_back_to_the_queue(admin_user: User, now: datetime) -> None:
    message = failed(now)
    section = job_sections.section_named("messages")
    assert [stuck.public_id for stuck in section.stuck(now)] == [message.public_id]
    redrive(actor=acting(admin_user), public_id=message.public_id, now=now)
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED
    assert AuditEntry.objects.filter(action="message.redrive").count() == 1
    assert not section.stuck(now)
    with pytest.raises(NotFound):
        redrive(actor=acting(admin_user), public_id=message.public_id, now=now)


def test_not_what_is_worth_nothing_nor_by_others(admin_user: User, organizer: User, now: datetime) -> None:
    for message in (failed(now, expires_at=now - timedelta(seconds=1)), failed(now, text="")):
        with pytest.raises(NothingLeftToSend):
            redrive(actor=acting(admin_user), public_id=message.public_id, now=now)
    with pytest.raises(Forbidden):
        redrive(actor=acting(organizer), public_id=failed(now).public_id, now=now)
