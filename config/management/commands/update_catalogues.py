"""`manage.py update_catalogues`: bring the message catalogues to what the program says now."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import catalogues


class Command(BaseCommand):
    help = "Rewrites locale/*/LC_MESSAGES/django.po with the program's present messages, keeping translations; compiles them."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        program = catalogues.extracted(settings.BASE_DIR)
        for language in catalogues.languages():
            catalog = catalogues.updated(program, catalogues.kept(settings.BASE_DIR, language), language)
            catalogues.write(settings.BASE_DIR, language, catalog)
            left = sum(1 for _problem in catalogues.problems(program, catalog))
            self.stdout.write(f"{language}: {len(catalog)} messages, {left} to translate")
