"""What a browser sends for the console's page of an event."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from events.models import Event

LIST = "/admin/events/event/"


def change(event: Event) -> str:
    return reverse("admin:events_event_change", args=[event.pk])


def step(event: Event, name: str) -> str:
    return reverse("admin:events_event_step", args=[event.pk, name])


def management(prefix: str, initial: int = 0, total: int = 0) -> dict[str, Any]:
    return {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": initial}


def typed(event: Event, **changed: Any) -> dict[str, Any]:
    """What a browser sends for the event's page as it is loaded now, with some of it typed over."""

    def local(moment: datetime | None) -> str:
        return moment.astimezone(ZoneInfo(event.venue.timezone)).strftime("%Y-%m-%dT%H:%M") if moment else ""

    slots = list(event.lineup.order_by("position", "ballot_number")) if event.pk else []
    lines: dict[str, Any] = management("lineup", len(slots), len(slots)) | management("lineup-2")
    for number, slot in enumerate(slots):
        lines |= {f"lineup-{number}-id": slot.pk, f"lineup-{number}-event": event.pk}
        lines |= {f"lineup-{number}-position": slot.position, f"lineup-{number}-set_at": local(slot.set_at)}
    page = {
        "title": event.title,
        "description": event.description,
        "venue": event.venue_id,
        "doors_at": local(event.doors_at),
        "starts_at": local(event.starts_at),
        "ends_at": local(event.ends_at),
        "access": event.access,
        "join_keyword": event.join_keyword,
        "category": event.category,
        "tags": ", ".join(event.tags),
        "method": event.vote_config["method"],
        "results": event.vote_config["results"],
        "version": event.version,
    }
    return page | lines | changed


def body(answer: Any) -> str:
    return str(answer.content.decode())
