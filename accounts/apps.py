from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Let every app say what its audit entries say, what of it can be reported, and what it holds about people."""
        autodiscover_modules("audit_words", "jobs", "moderation", "privacy", "user_settings")


class ConsoleConfig(admin_apps.AdminConfig):
    """`django.contrib.admin`, with our own site."""

    default = False  # of the two here, the app "accounts" is the other one
    default_site = "accounts.console.site.ConsoleSite"
