"""Tasks of the composition root."""

from celery import shared_task
from django.utils import timezone

from config import health


@shared_task(name="config.heartbeat")
def heartbeat(**_later: object) -> None:
    """Proves that clock, broker and worker are alive; `/health` shows how long ago."""
    health.beat(now=timezone.now())
