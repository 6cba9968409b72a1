from django.apps import AppConfig

from config.celery import app


class ConfigConfig(AppConfig):
    """The composition root as an app, so that its commands and system checks are found."""

    name = "config"
    verbose_name = "Fanfare"
    celery = app  # loaded with Django, so that every process sends its jobs to our broker and not to Celery's default
