"""The clock of events."""

from celery import shared_task
from django.utils import timezone

from events.services import events


@shared_task(name="events.move_by_clock")
def move_by_clock() -> None:
    events.move_by_clock(now=timezone.now())
