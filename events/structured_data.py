"""An event in the words of search engines (JSON-LD, https://schema.org/MusicEvent)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from artists import links as artist_links
from artists.models import Artist
from config.lib.linked_data import SCHEMA, inside_script
from events.links import page_link
from events.models import Event, EventStatus, Slot


def of_event(event: Event, ballot: Sequence[Slot]) -> SafeString:
    """The document, safe inside a script element. The event's venue and the slots' artists must be loaded."""
    return inside_script(_document(event, ballot))


def _document(event: Event, ballot: Sequence[Slot]) -> dict[str, Any]:
    cancelled = event.status == EventStatus.CANCELLED
    venue = event.venue
    document: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "MusicEvent",
        "@id": page_link(event),
        "url": page_link(event),
        "name": event.title,
        "startDate": _local(event.starts_at, venue.timezone),
        "endDate": _local(event.ends_at, venue.timezone),
        "eventStatus": f"{SCHEMA}/{'EventCancelled' if cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
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
        "performer": [_performer(slot.artist) for slot in ballot],
    }
    if event.doors_at:
        document["doorTime"] = _local(event.doors_at, venue.timezone)
    if event.description:
        document["description"] = event.description
    return document


def _performer(artist: Artist) -> dict[str, str]:
    performer = {"@type": "MusicGroup", "name": artist.name}
    return {**performer, "url": artist_links.page_link(artist)} if artist_links.page_path(artist) else performer


def _local(moment: datetime, zone: str) -> str:
    """ISO 8601 with the venue's distance from UTC, which search engines show as the local time."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
