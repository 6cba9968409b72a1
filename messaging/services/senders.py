"""The numbers messages come from."""

from django.conf import settings

from messaging.models import Channel, Sender


def platform_sender() -> Sender:
    """The platform's own number; made at its first use.

    Twilio answers STOP, START and HELP by itself unless its account was configured otherwise; the local phone never does.
    """
    sender, _created = Sender.objects.get_or_create(
        channel=Channel.SMS,
        value=settings.PLATFORM_NUMBER,
        defaults={"name": "Fanfare", "provider_answers_stop": settings.SMS_PROVIDER == "twilio"},
    )
    return sender
