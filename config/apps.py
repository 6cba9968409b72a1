from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root as an app, so that its commands and system checks are found."""

    name = "config"
    verbose_name = "Fanfare"
