"""The audit, taken along as CSV: what the list shows, as its filters say, and no more than the reader may see."""

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from accounts.audit import record
from accounts.models import User
from config.tests.fixtures import acting
from events.models import Event
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db(transaction=True)
EXPORT = "/admin/accounts/auditentry/export/"


@pytest.fixture
def written(organizer: User, outsider: User, now: datetime) -> Event:
    """The organizer's event was published, the outsider's was cancelled; the event that was published."""
    mine, theirs = (EventFactory.create(owner=user) for user in (organizer, outsider))
    record(actor=acting(organizer), action="event.publish", subject=mine, now=now, copies=2)
    record(actor=acting(outsider), action="event.cancel", subject=theirs, now=now)
    return mine


async def exported(user: User, query: str = "") -> list[dict[str, str]]:
    client = AsyncClient()
    await sync_to_async(client.force_login)(user)
    response: Any = await client.get(EXPORT + query)
    text = b"".join([piece async for piece in response]).decode()
    return list(csv.DictReader(io.StringIO(text)))


async def test_an_organizer_takes_along_what_was_done_to_their_own(organizer: User, written: Event) -> None:
    (line,) = await exported(organizer)

    assert (line["action"], line["subject_id"], line["facts"]) == ("event.publish", written.public_id, '{"copies": 2}')
    assert line["who"] == organizer.known_as
    assert "from_where" not in line


async def test_an_admin_takes_along_everything(admin_user: User, written: Event) -> None:
    lines = await exported(admin_user)

    assert [line["action"] for line in lines] == ["event.cancel", "event.publish"]
    assert written.owner.email in lines[1]["who"]
    assert lines[1]["from_where"] == "127.0.0.1"


async def test_filters_and_search_hold(admin_user: User, written: Event) -> None:
    for query, found in (
        ("?action=event.cancel", ["event.cancel"]),
        ("?channel=sms", []),
        (f"?q={written.owner.email}", ["event.publish"]),
        ("?at__gte=2090-01-01+00:00:00%2B00:00", []),
    ):
        assert [line["action"] for line in await exported(admin_user, query)] == found, query


async def test_who_does_not_work_in_the_console_gets_nothing(fan: User, written: Event) -> None:
    client = AsyncClient()
    assert (await client.get(EXPORT)).status_code == 302
    await sync_to_async(client.force_login)(fan)
    assert (await client.get(EXPORT)).status_code == 302
