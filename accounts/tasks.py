"""What the clock does for accounts."""

from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.services.sweeping import sweep_expired

logger = structlog.get_logger(__name__)


@shared_task(name="accounts.sweep_expired")
def sweep_expired_rows(**_later: Any) -> None:
    """Delete what has served its time; unknown arguments are those of a newer release."""
    swept = sweep_expired(now=timezone.now())
    logger.info("accounts.swept", idempotency_keys=swept.idempotency_keys, clients=swept.clients)
