"""What audit entries say of addresses."""

from django.utils.translation import gettext_lazy as _

from accounts.audit_words import register

register(
    {
        "message.redrive": _("Message that failed put back in the queue"),
        "account.turn_on": _("Kind of message turned on"),
        "account.turn_off": _("Kind of message turned off"),
        "address.stop": _("Messages stopped"),
        "address.start": _("Messages allowed again"),
        "address.speak": _("Language chosen"),
        "address.mute": _("Messages about an event stopped"),
        "address.unmute": _("Messages about an event allowed again"),
    }
)
