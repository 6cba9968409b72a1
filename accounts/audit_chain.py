"""The hash chain over the audit: what an entry's seal is made of, and whether every seal still fits.

Seal n holds SHA-256(seal n-1 ‖ entry n). Whoever changes, removes or slips in an entry breaks the chain there, or has to make
it anew from there on; then its head is another than the one that was written down elsewhere (each sealing logs it). Who an
entry speaks of and where from stand in `AuditPerson`, outside the chain, so that erasure breaks nothing.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from accounts.models import AuditEntry, AuditSeal

START: Final = bytes(32)  # what stands in the place of the seal before the first
SEALED_WITHIN: Final = timedelta(minutes=10)  # an entry that is older and has no seal was missed
_PAGE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and what is wrong there, for the person who has to look."""

    position: int
    why: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries without a seal: those of the last minutes, and how many of them should have one by now."""

    entries: int
    overdue: int


def hash_of(entry: AuditEntry, before: bytes) -> bytes:
    """The hash that seals `entry` after the seal `before`; of the entry as the database gives it back."""
    told = [
        entry.public_id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.channel,
        entry.facts,
        entry.request_id,
    ]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(before + text.encode()).digest()


def seals() -> Iterator[AuditSeal]:
    """All of them in their order, each with its entry; read in pages, however long the chain is."""
    position = 0
    while page := list(AuditSeal.objects.filter(pk__gt=position).select_related("entry").order_by("pk")[:_PAGE]):
        yield from page
        position = page[-1].position


def breaks(chain: Iterator[AuditSeal]) -> Iterator[Break]:
    """Where the chain does not hold. Each seal is checked against the one stored before it, so one change is told once."""
    position, before = 0, START
    for seal in chain:
        position += 1
        if seal.position != position:
            yield Break(position, f"seals {position} to {seal.position - 1} are missing")
            position = seal.position
        elif bytes(seal.hash) != hash_of(seal.entry, before):
            yield Break(position, f"entry {seal.entry.public_id} is not what was sealed")
        before = bytes(seal.hash)


def head() -> AuditSeal | None:
    """The newest seal."""
    return AuditSeal.objects.order_by("-pk").first()


def waiting(now: datetime) -> Waiting:
    """How many entries have no seal."""
    unsealed = AuditEntry.objects.filter(seal__isnull=True)
    return Waiting(unsealed.count(), unsealed.filter(at__lt=now - SEALED_WITHIN).count())
