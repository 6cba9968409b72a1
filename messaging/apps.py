from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Messaging")

    def ready(self) -> None:
        """Let the apps above register what they do about texts, and how to name what messages are about and for."""
        autodiscover_modules("kinds", "sms", "topics")
