"""`manage.py demo_crowd`: a crowd that plays on the demo night for as long as its round lasts."""

import argparse
import asyncio
import http.client
import random
import shutil
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.crowd.books import audit, contradictions
from config.crowd.client import Client
from config.crowd.guests import guests
from config.crowd.report import scoreboard
from config.crowd.room import Room
from config.crowd.scene import scene_of
from config.crowd.show import Show, seconds_left
from config.demo import night
from config.demo.programme import DEMO_SLUG

_EVENING: Final = 7_200.0  # seconds, where nothing but a person closes the round
_PATIENCE_SECONDS: Final = 5.0
_LINE_EVERY: Final = 5.0  # seconds, where there is no terminal to write over


class Command(BaseCommand):
    help = (
        "Let a crowd play on the demo night of a running site: people join and vote by text, and their taste drifts, so that "
        "the lead changes. It goes on until the round closes, the minutes are over, or Ctrl-C. Opens a round if none is open."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rate", type=_above_zero, default=6.0, help="texts per second (6)")
        parser.add_argument("--minutes", type=_above_zero, help="how long at most (until the round closes)")
        parser.add_argument("--url", default=settings.PUBLIC_URL, help=f"address of the site ({settings.PUBLIC_URL})")
        parser.add_argument("--seed", type=int, help="a number that makes the same crowd again")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The crowd is invented, and its votes would count. It is for development: set DEBUG=1.")
        url: str = options["url"].rstrip("/")
        if not _answers(url):
            raise CommandError(
                f"Nothing answers at {url}. Start Fanfare with `make run` in another terminal and let it run, then start "
                "the crowd again. If it runs on another port, say which: PORT=8001."
            )
        show = self._show(url, options)
        self.stdout.write(f"A crowd comes to {show.scene.title}. Watch it at {url}/events/{DEMO_SLUG}/stage/")
        self._last_line = 0.0
        try:
            asyncio.run(show.run(guests(show.scene, show.chance), lambda: self._say(show)))
        except KeyboardInterrupt:
            self.stdout.write("")
        self._report(show)

    def _show(self, url: str, options: dict[str, Any]) -> Show:
        night.load(now=timezone.now())
        scene = scene_of(DEMO_SLUG)
        if scene.round_id is None:
            raise CommandError("The demo's round is just being closed. Start the crowd again.")
        chance = random.Random(options["seed"])  # noqa: S311 - a crowd, not a secret
        room = Room(Client(url), url=url, number=scene.number, rate=options["rate"], chance=chance)
        left = seconds_left(scene.round_id, now=timezone.now())
        wanted = options["minutes"] * 60 if options["minutes"] else _EVENING
        return Show(scene, scene.round_id, room, chance, min(wanted, left if left is not None else _EVENING))

    def _say(self, show: Show) -> None:
        """A line that is written over; where there is no terminal, one every few seconds."""
        if self.stdout.isatty():
            width = shutil.get_terminal_size().columns - 1
            self.stdout.write(f"\r{scoreboard(show)[:width]}\x1b[K", ending="")
        elif monotonic() - self._last_line >= _LINE_EVERY:
            self._last_line = monotonic()
            self.stdout.write(scoreboard(show))
        self.stdout.flush()

    def _report(self, show: Show) -> None:
        """The end of it. Raises CommandError when the database contradicts what the crowd was told."""
        self.stdout.write("")
        self.stdout.write(scoreboard(show))
        found = audit(show.room.books)
        if wrong := list(contradictions(show.room.books, found, show.scene.round_id)):
            raise CommandError("The database says otherwise: " + " ".join(wrong))
        for reason, number in sorted(show.room.books.failures.items()):
            self.stdout.write(f"{number} times the site did not answer: {reason}")
        self.stdout.write(f"{found.ballots_by_text} votes of this crowd were accepted and are stored, each once.")


def _above_zero(text: str) -> float:
    """What argparse calls to read a number."""
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("give a number above zero")
    return value


def _answers(url: str) -> bool:
    """Whether a Fanfare lives there."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
