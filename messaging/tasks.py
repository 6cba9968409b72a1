"""Celery's side of delivery: load, call, report. The rows say what is to be done, so a task may run twice or not at all."""

from datetime import UTC, datetime
from time import monotonic
from typing import Final

from celery import shared_task

from accounts import platform_settings
from messaging import delivery, reconciliation
from messaging.models import Lane

_LONGEST_TURN_SECONDS: Final = 20.0  # then the queue's other tasks have their turn
_CALL_EXPIRES_SECONDS: Final = 10.0  # a call that waited longer has been overtaken by others


@shared_task(name="messaging.deliver")
def deliver(lane: str) -> None:
    """Hand over what is due in this lane, until nothing is or the turn is over."""
    ends = monotonic() + _LONGEST_TURN_SECONDS
    platform_settings.keep_fresh()
    while delivery.deliver_batch(Lane(lane), now=datetime.now(UTC)):
        if monotonic() > ends:
            wake_worker(lane)
            return
        platform_settings.keep_fresh()  # an admin may have stopped all sending meanwhile


def wake_worker(lane: str) -> None:
    """Have a worker of this lane look at once; the clock's next tick would do it too."""
    deliver.apply_async((lane,), queue=lane)


@shared_task(name="messaging.deliver_due")
def deliver_due() -> None:
    """The clock's tick: wake a worker for each lane in which something is due."""
    for lane in delivery.lanes_due(now=datetime.now(UTC)):
        deliver.apply_async((lane.value,), queue=lane.value, expires=_CALL_EXPIRES_SECONDS)


@shared_task(name="messaging.reconcile")
def reconcile() -> None:
    """The clock's tick: find out about messages whose outcome is unclear."""
    reconciliation.give_up_expired_leases(now=datetime.now(UTC))
    while reconciliation.look_up_uncertain(now=datetime.now(UTC)) == reconciliation.BATCH:
        pass
