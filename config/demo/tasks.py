"""The demo's own job. `config/celery.py` knows it in development only."""

from celery import shared_task
from django.utils import timezone

from config.demo import night


@shared_task(name="config.keep_demo_alive")
def keep_demo_alive(**_later: object) -> None:
    """So that a site which has run for days still opens on a live night."""
    night.keep_alive(now=timezone.now())
