"""What the clock does for accounts, and what it would take too long to wait for."""

from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts import analytics_months
from accounts.services import erasures, exports, handover, impersonating, retention, sealing, suspending, uploads
from accounts.services.unlocking import tell_owners

logger = structlog.get_logger(__name__)

_BATCH = 100
_LONGEST_SECONDS = 540  # an export or an erasure; less than the broker's visibility timeout


@shared_task(name="accounts.let_go", soft_time_limit=_LONGEST_SECONDS, time_limit=_LONGEST_SECONDS + 30)
def let_go(**_later: Any) -> None:
    """Every night: discard what has served its time; unknown arguments are those of a newer release."""
    now = timezone.now()
    outcomes = retention.let_go(now=now)
    lost = exports.sweep_files(now=now)
    logger.info("accounts.let_go", lost_archives=lost, **{outcome.rule.key: outcome.rows for outcome in outcomes})


@shared_task(name="accounts.prepare_export", soft_time_limit=_LONGEST_SECONDS, time_limit=_LONGEST_SECONDS + 30)
def prepare_export(export_id: int) -> None:
    """Write the archive, unless somebody does already."""
    claimed = exports.claim(export_id=export_id, now=timezone.now())
    if claimed is None:
        return
    try:
        exports.prepare(claimed)
    except exports.LostTheLease:
        logger.info("accounts.export_lost", export=export_id)


def wake_exporter(export_id: int) -> None:
    """Have a worker begin at once; within a minute the clock would do it too."""
    prepare_export.apply_async((export_id,), queue="slow")


@shared_task(name="accounts.carry_out_erasure", soft_time_limit=_LONGEST_SECONDS, time_limit=_LONGEST_SECONDS + 30)
def carry_out_erasure(erasure_id: int) -> None:
    erasures.carry_out(erasure_id=erasure_id, now=timezone.now())


def wake_eraser(erasure_id: int) -> None:
    """Have a worker begin at once; within a minute the clock would do it too."""
    carry_out_erasure.apply_async((erasure_id,), queue="default")


@shared_task(name="accounts.tend_privacy")
def tend_privacy() -> None:
    """Every minute: take up exports and erasures that were left in the middle, give up those no worker can finish."""
    now = timezone.now()
    exports.give_up(now=now)
    for export_id in exports.left_behind(now=now):
        wake_exporter(export_id)
    for erasure_id in erasures.left_behind(now=now):
        wake_eraser(erasure_id)


@shared_task(name="accounts.seal_audit")
def seal_audit(*, thorough: bool = False, **_later: Any) -> None:
    """Every minute: put what was written since into the audit's hash chain; every night look for what was missed."""
    sealing.seal_audit(now=timezone.now(), thorough=thorough)


@shared_task(name="accounts.sweep_uploads")
def sweep_uploads() -> None:
    """Every hour: delete pictures that nothing uses."""
    logger.info("accounts.uploads_swept", uploads=uploads.sweep_uploads(now=timezone.now(), batch=_BATCH))


@shared_task(name="accounts.tell_of_locks")
def tell_of_locks(**_later: Any) -> None:
    """Write to those whose accounts were locked in the last seconds."""
    if told := tell_owners(now=timezone.now()):
        logger.info("accounts.told_of_locks", accounts=told)


@shared_task(name="accounts.tend_analytics")
def tend_analytics(**_later: Any) -> None:
    """Every night: make the partitions of the months to come, drop those that have served their time."""
    now = timezone.now()
    made = analytics_months.make_months(now=now)
    dropped = analytics_months.drop_months(before=now - timedelta(days=settings.RETENTION_ANALYTICS_DAYS))
    logger.info("accounts.analytics_months", made=len(made), dropped=len(dropped))


@shared_task(name="accounts.hand_over_analytics")
def hand_over_analytics(**_later: Any) -> None:
    """Every few minutes: hand settled hours over to outside analytics, where there are some."""
    handover.hand_over(now=timezone.now())


@shared_task(name="accounts.tend_accounts")
def tend_accounts(**_later: Any) -> None:
    """Every minute: restore accounts whose suspension is over, and write down that looks as somebody have ended."""
    now = timezone.now()
    restored, looks = suspending.restore_due(now=now), impersonating.end_looks(now=now)
    if restored or looks:
        logger.info("accounts.tended", restored=restored, looks=looks)
