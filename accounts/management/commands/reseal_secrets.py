"""`manage.py reseal_secrets`: after a new key was put in front of the ring, before the old one is dropped."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.resealing import reseal_second_factors


class Command(BaseCommand):
    help = "Seals the secrets of second factors again, with the first key of FANFARE_KEYS. Ends with 1 where no key opens one."

    def handle(self, *_args: Any, **_options: Any) -> None:
        sealed = reseal_second_factors()
        self.stdout.write(f"{sealed.done} secrets are sealed with the first key of FANFARE_KEYS.")
        if sealed.lost:
            raise CommandError(
                f"{sealed.lost} secrets cannot be opened with any key of FANFARE_KEYS; they stay as they are."
            )
