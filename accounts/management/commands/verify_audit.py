"""`manage.py verify_audit`: whether the audit still says what it said when it was sealed."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import audit_chain
from accounts.models import AuditSeal

_MOST_SHOWN: Final = 20
_STEP: Final = 50_000


class Command(BaseCommand):
    help = (
        "Computes the hash chain of the audit anew and compares. Ends with 1 where an entry was changed, removed or slipped "
        "in, where one was never sealed, or where the chain does not hold a head that you kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            metavar="12:5f3a…",
            help="a head you kept; may be given several times",
        )

    def handle(self, *_args: Any, head: list[str], **_options: Any) -> None:
        found = [f"{each.position}: {each.why}" for each in audit_chain.breaks(self._shown(audit_chain.seals()))]
        found += [f"{kept}: the chain has no such seal" for kept in head if not _holds(kept)]
        left = audit_chain.waiting(timezone.now())
        if left.overdue:
            found.append(f"{left.overdue} entries should have been sealed and are not; is the clock running?")
        for line in found[:_MOST_SHOWN]:
            self.stderr.write(line)
        if found:
            raise CommandError(f"The audit is not whole: {len(found)} findings.")
        newest = audit_chain.head()
        self.stdout.write(
            f"The audit is whole: {newest.position if newest else 0} entries are sealed, {left.entries} wait."
        )
        if newest:
            self.stdout.write(f"Keep this head elsewhere, and check it next time with --head {newest}")

    def _shown(self, seals: Iterator[AuditSeal]) -> Iterator[AuditSeal]:
        for seal in seals:
            if seal.position % _STEP == 0:
                self.stdout.write(f"{seal.position} checked…")
            yield seal


def _holds(kept: str) -> bool:
    """Whether the chain has a seal that is written like this."""
    position, _colon, digest = kept.partition(":")
    seal = AuditSeal.objects.filter(pk=position).first() if position.isdecimal() else None
    return seal is not None and bytes(seal.hash).hex() == digest
