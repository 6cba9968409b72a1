"""Voting's clock."""

import structlog
from celery import shared_task
from django.utils import timezone

from voting.services import rounds

logger = structlog.get_logger(__name__)


@shared_task(name="voting.move_by_clock")
def move_by_clock() -> None:
    """Every second: open and close the rounds that are due."""
    if moved := rounds.move_by_clock(now=timezone.now()):
        logger.info("rounds.moved", count=moved)
