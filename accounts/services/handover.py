"""Handing analytics events over to outside analytics, an hour at a time.

`ANALYTICS_URL` gets newline-delimited JSON by POST, in pieces, each signed as `X-Fanfare-Signature` (HMAC-SHA-256 of the body,
hexadecimal, with ANALYTICS_SECRET). A piece names itself in `Idempotency-Key`, so one that comes again after a lost answer can
be told. An hour is done once all its pieces were taken (2xx), and is never begun again after that.
"""

import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

import requests
import structlog
from django.conf import settings
from django.db import transaction

from accounts.models import AnalyticsEvent, AnalyticsHandover

HOUR: Final = timedelta(hours=1)
# Older events than those of the last minutes are stored as of now (analytics.LATE), so an hour is complete by then.
SETTLED_AFTER: Final = timedelta(minutes=10)
LOOK_BACK: Final = timedelta(days=7)
PIECE: Final = 5_000
_TIMEOUT: Final = (3, 20)

logger = structlog.get_logger(__name__)


class NotTaken(Exception):
    """Whoever gets the events did not confirm them. They are sent again later."""


def hand_over(*, now: datetime) -> int:
    """Hand over every settled hour that was not, oldest first; returns how many events that were. Stops at the first refusal.

    Does nothing without ANALYTICS_URL. No transaction is open while the other side is spoken to.
    """
    if not settings.ANALYTICS_URL:
        return 0
    total = 0
    for hour in _hours_to_go(now):
        try:
            sent = _send_hour(hour)
        except (NotTaken, requests.RequestException) as error:
            logger.warning("accounts.analytics_not_taken", hour=hour.isoformat(), error=type(error).__name__)
            break
        _done(hour, sent, now)
        total += sent
    return total


@transaction.atomic
def _done(hour: datetime, sent: int, now: datetime) -> None:
    AnalyticsHandover.objects.get_or_create(hour=hour, defaults={"events": sent, "at": now})


def _hours_to_go(now: datetime) -> Iterator[datetime]:
    first = _begin(now - LOOK_BACK)
    done = set(AnalyticsHandover.objects.filter(hour__gte=first).values_list("hour", flat=True))
    hour = first
    while hour + HOUR + SETTLED_AFTER <= now:
        if hour not in done:
            yield hour
        hour += HOUR


def _begin(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _send_hour(hour: datetime) -> int:
    sent, after = 0, None
    for piece in count():
        events = _next(hour, after)
        if not events:
            return sent
        _post(events, name=f"{hour.isoformat()}/{piece}")
        sent, after = sent + len(events), events[-1]
    return sent


def _next(hour: datetime, after: AnalyticsEvent | None) -> list[AnalyticsEvent]:
    within = AnalyticsEvent.objects.filter(at__gte=hour, at__lt=hour + HOUR).order_by("at", "id")
    return list((within.filter(pk__gt=after.pk) if after else within)[:PIECE])


def line_of(event: AnalyticsEvent) -> dict[str, Any]:
    """An event as outsiders get it."""
    return {
        "id": str(event.id),
        "at": event.at.isoformat(),
        "kind": event.kind,
        "entity": event.entity,
        "visitor": event.visitor,
        "data": event.data,
    }


def _post(events: list[AnalyticsEvent], *, name: str) -> None:
    body = "".join(json.dumps(line_of(event), ensure_ascii=False) + "\n" for event in events).encode()
    answer = requests.post(
        settings.ANALYTICS_URL,
        data=body,
        headers={
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": name,
            "X-Fanfare-Signature": hmac.digest(settings.ANALYTICS_SECRET.encode(), body, "sha256").hex(),
        },
        timeout=_TIMEOUT,
        allow_redirects=False,
    )
    if not answer.ok:
        raise NotTaken(str(answer.status_code))
