from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from config import checks, error_tracking
from config.celery import app


class ConfigConfig(AppConfig):
    """The composition root as an app, so that its commands and system checks are found."""

    name = "config"
    verbose_name = "Fanfare"
    celery = app  # loaded with Django, so that every process sends its jobs to our broker and not to Celery's default
    checks = checks

    def ready(self) -> None:
        autodiscover_modules("health")
        if settings.SENTRY_DSN:
            error_tracking.start(dsn=settings.SENTRY_DSN, environment=settings.PUBLIC_URL)
