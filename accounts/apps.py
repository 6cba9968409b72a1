from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")


class ConsoleConfig(admin_apps.AdminConfig):
    """`django.contrib.admin`, with our own site."""

    default = False  # of the two here, the app "accounts" is the other one
    default_site = "accounts.console.site.ConsoleSite"
