"""`manage.py crowd`: a crowd at the demo night, through the real webhook and API."""

import argparse
import asyncio
import random
from functools import partial
from time import monotonic
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.crowd.behaviour import tapping, texting
from config.crowd.books import Books, audit, contradictions, counted_and_tallied
from config.crowd.client import Client
from config.crowd.report import progress, summary
from config.crowd.room import Person, Room
from config.crowd.scene import NoScene, Scene, scene_of, unused_phones

APPS: Final = 10  # people with the app at most: sign-up and sign-in are limited per address
PASSWORD: Final = "fanfare-crowd-password"  # noqa: S105 - of invented people, who can do nothing but vote


class Command(BaseCommand):
    help = (
        "Send a crowd to a live event: people join, confirm and vote by text and by API, too early, twice, with nonsense "
        "and repeats. Prints what was accepted and refused, and checks it against the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fans", type=_above_zero(int), default=200, help="how many people (200)")
        parser.add_argument("--rate", type=_above_zero(float), default=100.0, help="requests per second (100)")
        parser.add_argument("--event", default="demo-night", help="slug of the event (demo-night)")
        parser.add_argument("--url", default=settings.PUBLIC_URL, help=f"address of the site ({settings.PUBLIC_URL})")
        parser.add_argument("--seed", type=int, help="a number that makes the same crowd again")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The crowd is invented, and its votes would count. It is for development: set DEBUG=1.")
        chance = random.Random(options["seed"])  # noqa: S311 - a crowd, not a secret
        people, url = options["fans"], options["url"].rstrip("/")
        apps = min(APPS, people // 10)
        try:
            scene = scene_of(options["event"])
            phones = list(unused_phones(people - apps, chance))
        except NoScene as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{people} people come to {scene.title}, {options['rate']:g} requests a second, at {url}")
        if scene.round_id is None:
            self.stdout.write("No round is open, so no vote will be accepted.")
        room = Room(
            Client(url),
            url=url,
            number=scene.number,
            rate=options["rate"],
            chance=chance,
        )
        asyncio.run(self._hold(room, _people(room, scene, phones, apps, chance)))
        self._report(room.books, scene)

    async def _hold(self, room: Room, people: list[Person]) -> None:
        """Let everybody act."""
        bar = asyncio.create_task(self._show_progress(room, len(people)))
        try:
            await room.hold(iter(people))
        finally:
            bar.cancel()
            await asyncio.gather(bar, return_exceptions=True)
            room.close()

    async def _show_progress(self, room: Room, people: int) -> None:
        """A line that is written over; where there is no terminal, a line every five seconds."""
        terminal = self.stdout.isatty()
        began = monotonic()
        try:
            while True:
                self._line(progress(room.books, done=room.done, people=people, seconds=monotonic() - began), terminal)
                await asyncio.sleep(0.1 if terminal else 5)
        finally:
            self._line(progress(room.books, done=room.done, people=people, seconds=monotonic() - began), False)

    def _line(self, text: str, overwritten: bool) -> None:
        self.stdout.write(f"{text} ", ending="\r" if overwritten else "\n")
        self.stdout.flush()

    def _report(self, books: Books, scene: Scene) -> None:
        """Print it all. Raises CommandError when the database contradicts what the crowd was told."""
        found = audit(books)
        for line in summary(books, found):
            self.stdout.write(line)
        if wrong := list(contradictions(books, found, scene.round_id)):
            raise CommandError("The database says otherwise: " + " ".join(wrong))
        accepted = found.ballots_by_text + found.ballots_by_receipt
        self.stdout.write(
            f"The database agrees: {accepted} votes of this crowd were accepted and are stored, each once."
        )
        if scene.round_id is not None:
            counted, tallied = counted_and_tallied(scene.round_id)
            self.stdout.write(f"In the whole round {counted} ballots are accepted and the tally says {tallied}.")


def _above_zero(kind: type[int] | type[float]) -> Any:
    """What argparse calls to read a number."""

    def number(text: str) -> int | float:
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError("give a number above zero")
        return value

    return number


def _people(room: Room, scene: Scene, phones: list[str], apps: int, chance: random.Random) -> list[Person]:
    """Everybody, in no particular order."""
    people: list[Person] = [partial(room.text, phone, texting(scene, _own(chance))) for phone in phones]
    emails = (f"crowd-{number}@example.test" for number in range(1, apps + 1))
    people += [partial(room.tap, tapping(scene, email, PASSWORD, _own(chance))) for email in emails]
    chance.shuffle(people)
    return people


def _own(chance: random.Random) -> random.Random:
    """One for each person, so that what they do does not depend on who else comes first."""
    return random.Random(chance.random())  # noqa: S311 - as above
