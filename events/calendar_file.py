"""An event as a calendar file (iCalendar, RFC 5545), for the fan's own calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from events.links import page_link
from events.models import Event, EventStatus

_OCTETS: Final = 75  # the longest line, without its end (section 3.1)
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})  # section 3.3.11
_STATUS: Final = {EventStatus.DRAFT: "TENTATIVE", EventStatus.CANCELLED: "CANCELLED"}


def calendar_of(event: Event) -> bytes:
    """The file, in UTF-8 with CRLF. The event's venue must be loaded.

    Times are in UTC, so that no calendar needs to know our zones. A later version of the event replaces the earlier
    one in the calendar, by UID and SEQUENCE (section 3.8.7.4).
    """
    return "".join(f"{line}\r\n" for name in _content(event) for line in _folded(name)).encode()


def _content(event: Event) -> Iterator[str]:
    venue = event.venue
    place = ", ".join(part for part in (venue.name, venue.street, venue.city) if part)
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//Fanfare//Fanfare//EN"
    yield "METHOD:PUBLISH"
    yield "BEGIN:VEVENT"
    yield f"UID:{event.public_id}@fanfare"
    yield f"SEQUENCE:{event.version}"
    yield f"DTSTAMP:{_utc(max(event.created_at, event.status_changed_at))}"
    yield f"DTSTART:{_utc(event.starts_at)}"
    yield f"DTEND:{_utc(event.ends_at)}"
    yield f"SUMMARY:{_text(event.title)}"
    yield f"LOCATION:{_text(place)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    yield f"URL:{page_link(event)}"
    yield f"STATUS:{_STATUS.get(EventStatus(event.status), 'CONFIRMED')}"
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Escaped, and without the control characters that TEXT may not hold."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\n\t" or letter.isprintable()).translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets; each but the first begins with a space. No letter is cut in two."""
    piece, used = "", 0
    for letter in line:
        size = len(letter.encode())
        if used + size > _OCTETS:
            yield piece
            piece, used = " ", 1
        piece += letter
        used += size
    yield piece
