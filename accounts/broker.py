"""Celery's side of the jobs: what waits in the broker, who is alive, what the clock queues next. Raises Unavailable while Redis
is away.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import kombu.exceptions
from celery import current_app
from celery.schedules import schedule
from django.conf import settings

from accounts.models import JobTask
from config.lib import redis
from config.lib.errors import Unavailable

QUEUES: Final = ("critical", "default", "bulk", "slow")
QUEUED_AT: Final = "queued_at"  # a header of each message: seconds since 1970
_PATIENCE_SECONDS: Final = 1.0
_AWAY: Final = (*redis.AWAY, kombu.exceptions.OperationalError, OSError)


@dataclass(frozen=True, slots=True)
class Queue:
    """How many calls wait, and since when the oldest (None where it does not say)."""

    name: str
    length: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Worker:
    """One that has answered: what it runs at the moment, how many calls it holds beside that."""

    name: str
    running: Sequence[str]
    reserved: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Something the clock queues. `last` is when it last ended (None: never), `following` when it is due next."""

    name: str
    task: str
    last: datetime | None
    following: datetime | None
    state: str
    milliseconds: int


def queues() -> list[Queue]:
    """Two commands for each queue."""
    client = redis.sync_client()
    try:
        return [Queue(name, int(client.llen(name)), _queued_at(client.lindex(name, -1))) for name in QUEUES]
    except redis.AWAY as error:
        raise Unavailable from error


def _queued_at(message: bytes | str | None) -> datetime | None:
    """Of the message that is taken next."""
    if message is None:
        return None
    at: Any = json.loads(message).get("headers", {}).get(QUEUED_AT)
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None


def workers() -> list[Worker]:
    """Those that answer within a second: asked by broadcast, so it always takes that second."""
    inspect = current_app.control.inspect(timeout=_PATIENCE_SECONDS)
    try:
        running: Mapping[str, Any] = inspect.active() or {}
        reserved: Mapping[str, Any] = inspect.reserved() or {} if running else {}
    except _AWAY as error:
        raise Unavailable from error
    return [
        Worker(name, [call["name"] for call in calls], len(reserved.get(name, ())))
        for name, calls in sorted(running.items())
    ]


def ticks(*, now: datetime) -> list[Tick]:
    """What the clock queues, from our own rows: right while the broker is away, too. One query."""
    known = {task.name: task for task in JobTask.objects.all()}
    return [_tick(name, entry, known.get(entry["task"]), now) for name, entry in settings.CELERY_BEAT_SCHEDULE.items()]


def _tick(name: str, entry: Mapping[str, Any], last: JobTask | None, now: datetime) -> Tick:
    ended = last.last_ended_at if last else None
    state, took = (last.last_state, last.last_milliseconds) if last else ("", 0)
    return Tick(name, entry["task"], ended, _following(entry["schedule"], ended, now), state, took)


def _following(plan: "float | schedule", last: datetime | None, now: datetime) -> datetime | None:
    if isinstance(plan, int | float):
        return max(last + timedelta(seconds=plan), now) if last else None
    return now + max(plan.remaining_estimate(last or now), timedelta())
