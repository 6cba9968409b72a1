"""The console's page of jobs: what waits, runs, is late or has failed, from the broker and from our own rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.broker import Queue, Tick, queues, ticks
from accounts.job_sections import Count, JobSection, Stuck, registered
from accounts.models import JobRun
from config.lib.errors import Unavailable

_RUNS: Final = 50


@dataclass(frozen=True, slots=True)
class SectionOnPage:
    section: JobSection
    counts: Sequence[Count]
    stuck: Sequence[Stuck]


@dataclass(frozen=True, slots=True)
class JobsPage:
    """`queues` is None while the broker is away; all else is there all the same."""

    queues: Sequence[Queue] | None
    sections: Sequence[SectionOnPage]
    ticks: Sequence[Tick]
    runs: Sequence[JobRun]


def jobs_page(*, now: datetime) -> JobsPage:
    """A few queries per section, two for the rest."""
    try:
        waiting: list[Queue] | None = queues()
    except Unavailable:
        waiting = None
    return JobsPage(
        queues=waiting,
        sections=[SectionOnPage(each, each.counts(now), each.stuck(now)) for each in registered()],
        ticks=ticks(now=now),
        runs=list(JobRun.objects.order_by("-ended_at")[:_RUNS]),
    )
