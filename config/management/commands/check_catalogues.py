"""`manage.py check_catalogues`: fails when a language lacks words, or has words the program no longer says."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import catalogues


class Command(BaseCommand):
    help = "Fails on messages that are missing, stale, fuzzy or not translated, and on .mo files that are not compiled anew."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        program = catalogues.extracted(settings.BASE_DIR)
        complete = True
        for language in catalogues.languages():
            for problem in catalogues.problems(program, catalogues.kept(settings.BASE_DIR, language)):
                complete = False
                self.stderr.write(f"{language}: {problem}")
            if catalogues.compiled_is_stale(settings.BASE_DIR, language):
                complete = False
                self.stderr.write(f"{language}: django.mo is not what django.po says")
        if not complete:
            raise CommandError("The catalogues are not complete. Run `manage.py update_catalogues` and translate.")
