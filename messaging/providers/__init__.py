"""The providers, chosen by the settings: at most one per channel."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from django.conf import settings

from messaging.models import Channel
from messaging.providers.base import Provider
from messaging.providers.local_mailbox import LocalMailbox
from messaging.providers.local_phone import LocalPhone
from messaging.providers.mail_backend import MailBackend
from messaging.providers.twilio_sms import TwilioSms

_MAKERS: Final[Mapping[str, Callable[[], Provider]]] = {
    "twilio": TwilioSms,
    "local_phone": LocalPhone,
    "mail_backend": MailBackend,
    "local_mailbox": LocalMailbox,
}


@cache
def _made(name: str) -> Provider:
    return _MAKERS[name]()


def _names() -> Mapping[Channel, str]:
    return {Channel.SMS: settings.SMS_PROVIDER, Channel.EMAIL: settings.EMAIL_PROVIDER}


def offered_channels() -> frozenset[Channel]:
    """The channels a message can be sent on."""
    return frozenset(channel for channel, name in _names().items() if name)


def provider_for(channel: Channel) -> Provider | None:
    """The channel's provider, one per process, or None where none is set up."""
    name = _names().get(channel)
    return _made(name) if name else None
