"""Sealing the audit: a periodic job puts what was written since into the hash chain."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from django.db import connection, transaction
from django.db.models import Max, QuerySet

from accounts.audit_chain import START, hash_of, head
from accounts.models import AuditEntry, AuditSeal

BATCH: Final = 1_000
# Ids are given before their rows can be seen, so a row may appear below others that are sealed. So far below the newest
# sealed one it is still looked for at every tick; the nightly run looks everywhere.
LOOK_BACK: Final = 100_000
_TURN: Final = 0x617564_6974  # any number of our own: the advisory lock "somebody is sealing"

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many entries were sealed, and the head of the chain (`12:5f3a…`, "" while there is none) to be kept elsewhere."""

    entries: int
    head: str


def seal_audit(*, now: datetime, thorough: bool = False, batch: int = BATCH) -> Sealed:
    """Seal every entry that has no seal, in transactions of `batch`; `thorough` looks below `LOOK_BACK` too.

    Two at once do no harm: one has its turn, the other finds nothing to do. A killed run leaves whole batches.
    """
    total = 0
    while sealed := _seal_batch(now=now, thorough=thorough, batch=batch):
        total += sealed
        if sealed < batch:
            break
    newest = head()
    if total:
        logger.info("accounts.audit_sealed", entries=total, head=str(newest))
    return Sealed(total, str(newest) if newest else "")


@transaction.atomic
def _seal_batch(*, now: datetime, thorough: bool, batch: int) -> int:
    if not _our_turn():
        return 0
    last = head()
    position, before = (last.position, bytes(last.hash)) if last else (0, START)
    made: list[AuditSeal] = []
    for entry in _unsealed(thorough=thorough)[:batch]:
        position, before = position + 1, hash_of(entry, before)
        made.append(AuditSeal(position=position, entry=entry, hash=before, at=now))
    AuditSeal.objects.bulk_create(made)
    return len(made)


def _our_turn() -> bool:
    """Whether nobody else is sealing; ours until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TURN])
        found = cursor.fetchone()
    return bool(found and found[0])


def _unsealed(*, thorough: bool) -> QuerySet[AuditEntry]:
    unsealed = AuditEntry.objects.filter(seal__isnull=True).order_by("pk")
    if thorough:
        return unsealed
    newest: int = AuditSeal.objects.aggregate(newest=Max("entry_id"))["newest"] or 0
    return unsealed.filter(pk__gt=newest - LOOK_BACK)
