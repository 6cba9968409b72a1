"""`manage.py retention [--dry-run]`: lets go of what has served its time, or says what would go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.services.retention import let_go, preview


class Command(BaseCommand):
    help = "Deletes, kind by kind, what has been kept for its time. With --dry-run it only counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")

    def handle(self, *_args: Any, dry_run: bool, **_options: Any) -> None:
        now = timezone.now()
        for outcome in preview(now=now) if dry_run else let_go(now=now):
            kept = f"{outcome.rule.period.total_seconds() / 86_400:g} days"
            self.stdout.write(f"{outcome.rows:>10}  {outcome.rule.key:<24} {kept:<10} {outcome.rule.what}")
        self.stdout.write("Nothing was changed." if dry_run else "Done.")
