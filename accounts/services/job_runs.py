"""Writing down what workers have run."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone

from accounts.models import JobRun

SLOW_MILLISECONDS: Final = 1_000  # a tick that took less and went well is counted, and not kept
_COUNT: Final = """
INSERT INTO accounts_jobtask (name, runs, failures, last_ended_at, last_state, last_milliseconds)
VALUES (%(task)s, 1, %(failed)s, %(now)s, %(state)s, %(milliseconds)s)
ON CONFLICT (name) DO UPDATE SET runs = accounts_jobtask.runs + 1,
    failures = accounts_jobtask.failures + EXCLUDED.failures, last_ended_at = EXCLUDED.last_ended_at,
    last_state = EXCLUDED.last_state, last_milliseconds = EXCLUDED.last_milliseconds
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it ended; `error` is the name of an exception."""

    task: str
    queue: str
    worker: str
    state: str
    error: str
    milliseconds: int
    task_id: str


def note_run(*, run: Run, now: datetime | None = None) -> None:
    """Count it, and keep it if it says something: it failed, is to be tried again, or took its time."""
    now = now or timezone.now()
    failed = int(run.state == "failed")
    values: dict[str, str | int | datetime] = {
        "task": run.task,
        "failed": failed,
        "now": now,
        "state": run.state,
        "milliseconds": run.milliseconds,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
    if run.state != "done" or run.milliseconds >= SLOW_MILLISECONDS:
        JobRun.objects.create(
            task=run.task[:100],
            queue=run.queue[:32],
            worker=run.worker[:100],
            state=run.state,
            error=run.error[:100],
            milliseconds=run.milliseconds,
            task_id=run.task_id[:64],
            ended_at=now,
        )
