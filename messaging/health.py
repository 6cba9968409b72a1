"""What `/health` says about the outbox: how long the oldest message has been due."""

from datetime import UTC, datetime
from typing import Any, Final

from channels.db import database_sync_to_async

from config.lib.health import NotWell, register
from messaging.models import Message

STUCK_AFTER_SECONDS: Final = 300


def _oldest_due(now: datetime) -> datetime | None:
    waiting = Message.objects.filter(state__in=["queued", "held"], not_before__lte=now)
    return waiting.order_by("not_before").values_list("not_before", flat=True).first()


async def outbox() -> dict[str, Any]:
    """The age of the oldest due message in seconds. Raises NotWell when nobody has taken it for five minutes."""
    now = datetime.now(UTC)
    oldest = await database_sync_to_async(_oldest_due, thread_sensitive=False)(now)
    age = int((now - oldest).total_seconds()) if oldest else 0
    if age > STUCK_AFTER_SECONDS:
        raise NotWell("stuck")
    return {"oldest_due_seconds": age}


register("outbox", outbox, required=False)
