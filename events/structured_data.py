"""An event in the words of search engines (JSON-LD, https://schema.org/MusicEvent)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from events.links import page_link
from events.models import Event, EventStatus, Slot

_SCHEMA: Final = "https://schema.org"
# Inside <script> nothing may end the element or open a comment (HTML, section 4.12.1.3).
_INSIDE_SCRIPT: Final = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026"})


def of_event(event: Event, ballot: Sequence[Slot]) -> SafeString:
    """The document, safe inside a script element. The event's venue and the slots' artists must be loaded."""
    document = json.dumps(_document(event, ballot), ensure_ascii=False, separators=(",", ":"))
    return SafeString(document.translate(_INSIDE_SCRIPT))


def _document(event: Event, ballot: Sequence[Slot]) -> dict[str, Any]:
    cancelled = event.status == EventStatus.CANCELLED
    venue = event.venue
    document: dict[str, Any] = {
        "@context": _SCHEMA,
        "@type": "MusicEvent",
        "@id": page_link(event),
        "url": page_link(event),
        "name": event.title,
        "startDate": _local(event.starts_at, venue.timezone),
        "endDate": _local(event.ends_at, venue.timezone),
        "eventStatus": f"{_SCHEMA}/{'EventCancelled' if cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"{_SCHEMA}/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": venue.name,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": venue.street,
                "addressLocality": venue.city,
                "addressCountry": venue.country,
            },
        },
        "performer": [{"@type": "MusicGroup", "name": slot.artist.name} for slot in ballot],
    }
    if event.doors_at:
        document["doorTime"] = _local(event.doors_at, venue.timezone)
    if event.description:
        document["description"] = event.description
    return document


def _local(moment: datetime, zone: str) -> str:
    """ISO 8601 with the venue's distance from UTC, which search engines show as the local time."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
