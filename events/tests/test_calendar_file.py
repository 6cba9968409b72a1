"""Events as calendar files, as RFC 5545 has them."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from events.calendar_file import calendar_of
from events.models import Event
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def night() -> Event:
    return EventFactory.create(
        published=True,
        title="Çà; là, \\ ou",
        slug="ca-la",
        description="One\r\nTwo\x07 🎺" + "é" * 200,
        starts_at=datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
        ends_at=datetime(2027, 3, 28, 3, 0, tzinfo=UTC),
    )


def properties(file: bytes) -> dict[str, str]:
    """The file unfolded (section 3.1), each line once."""
    lines = file.decode().replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    pairs = [line.partition(":") for line in lines]
    return {name: value for name, _colon, value in pairs if name not in {"BEGIN", "END"}}


def test_lines_are_short_and_end_as_they_must(night: Event) -> None:
    file = calendar_of(night)
    lines = file.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    for line in lines:
        line.decode()  # no letter is cut in two


def test_text_is_escaped_and_times_are_utc(night: Event) -> None:
    told = properties(calendar_of(night))
    assert told["SUMMARY"] == "Çà\\; là\\, \\\\ ou"
    assert told["DESCRIPTION"] == "One\\nTwo 🎺" + "é" * 200
    assert told["DTSTART"] == "20270328T003000Z"
    assert told["DTEND"] == "20270328T030000Z"
    assert told["LOCATION"] == f"{night.venue.name}\\, Berlin"
    assert told["UID"].startswith(night.public_id)
    assert told["URL"].endswith("/events/ca-la/")
    assert told["STATUS"] == "CONFIRMED"


def test_a_change_replaces_what_a_calendar_holds(night: Event) -> None:
    before = properties(calendar_of(night))
    night.status, night.version = "cancelled", night.version + 1
    after = properties(calendar_of(night))
    assert after["STATUS"] == "CANCELLED"
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) == int(before["SEQUENCE"]) + 1


def test_it_is_served_as_a_calendar(client: Client, night: Event) -> None:
    response = client.get(f"/events/{night.slug}/calendar.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="ca-la.ics"'
    assert response.content == calendar_of(night)
