"""`manage.py demo`: a lively demo night, as often as wanted."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.demo import night
from config.demo.people import PASSWORD


class Command(BaseCommand):
    help = (
        "Load the demo: log-ins, a live night with artists and fans who vote, and events around it. "
        "Run again, it keeps what is there, and opens a new round or a new night where the old one is over."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--yes-really",
            action="store_true",
            help="Load it with DEBUG off, too. The password of its accounts, an admin's among them, is public.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG and not options["yes_really"]:
            raise CommandError(
                "The demo has an admin whose password everybody knows, so it is for development. "
                "Set DEBUG=1, or add --yes-really if you mean it."
            )
        event, votes = night.load(now=timezone.now())
        more = f", {votes} votes counted in a new round" if votes else ""
        self.stdout.write(f"{event.title} is live until {event.ends_at:%d %b %H:%M} UTC{more}.")
        self.stdout.write(f"Text JOIN {event.join_keyword} to {settings.PLATFORM_NUMBER}. Passwords: {PASSWORD}")
