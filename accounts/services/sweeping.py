"""Deleting what has served its time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.idempotency import KEPT_FOR
from accounts.models import IdempotencyKey, RefreshFamily

# How long a dead client is kept: so that a stolen token that turns up late is still recognised, and people see what ended.
DEAD_FOR: Final = timedelta(days=90)
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows were deleted."""

    idempotency_keys: int
    clients: int


def _delete(rows: QuerySet[Any], batch: int) -> int:
    """Delete in short statements, so that nobody waits long for a lock and a killed sweep has done its part."""
    total = 0
    while True:
        first = rows.order_by("pk").values("pk")[:batch]
        deleted, _per_model = rows.filter(pk__in=first).delete()
        total += deleted
        if deleted < batch:
            return total


def sweep_expired(*, now: datetime, batch: int = BATCH) -> Swept:
    """Delete idempotency keys after 24 hours, and clients that have been signed out or expired for 90 days."""
    long_ago = now - DEAD_FOR
    return Swept(
        idempotency_keys=_delete(IdempotencyKey.objects.filter(created_at__lte=now - KEPT_FOR), batch),
        clients=_delete(RefreshFamily.objects.filter(Q(expires_at__lt=long_ago) | Q(revoked_at__lt=long_ago)), batch),
    )
