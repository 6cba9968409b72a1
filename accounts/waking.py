"""Has a worker begin at once with what a service has just made a row of; within a minute the clock would do it too."""

from celery import current_app
from django.db import transaction


def wake(task: str, row_id: int, *, queue: str) -> None:
    """Call `task` with the row's id once the caller's transaction is committed; a broker that is away is no error."""
    transaction.on_commit(lambda: current_app.send_task(task, (row_id,), queue=queue), robust=True)
