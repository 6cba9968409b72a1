"""Test senders, phones, texts and messages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factory

from messaging.models import Address, Channel, InboundMessage, Message, MessageState, Purpose, Sender

PLATFORM_NUMBER = "+12025550100"


class SenderFactory(factory.django.DjangoModelFactory[Sender]):
    """A number of ours; the platform's own unless told otherwise."""

    class Meta:
        model = Sender
        django_get_or_create = ("channel", "value")

    channel = Channel.SMS
    value = PLATFORM_NUMBER


class PhoneFactory(factory.django.DjangoModelFactory[Address]):
    class Meta:
        model = Address

    channel = Channel.SMS
    value = factory.Sequence(lambda number: f"+1415555{number % 10_000:04d}")


class MailboxFactory(factory.django.DjangoModelFactory[Address]):
    class Meta:
        model = Address

    channel = Channel.EMAIL
    value = factory.Sequence(lambda number: f"fan{number}@example.test")


class InboundFactory(factory.django.DjangoModelFactory[InboundMessage]):
    class Meta:
        model = InboundMessage

    provider = "twilio"
    provider_id = factory.Sequence(lambda number: f"SM{number:032x}")
    address = factory.SubFactory(PhoneFactory)
    sender = factory.SubFactory(SenderFactory)
    text = "hello"
    received_at = factory.LazyFunction(lambda: datetime.now(UTC))


class MessageFactory(factory.django.DjangoModelFactory[Message]):
    """A text of the account kind, which needs nobody's consent, due now."""

    class Meta:
        model = Message

    purpose_key = factory.Sequence(lambda number: f"test:{number}")
    kind = "account"
    purpose = Purpose.ACCOUNT
    channel = Channel.SMS
    address = factory.SubFactory(PhoneFactory)
    sender = factory.SubFactory(SenderFactory)
    text = factory.Sequence(lambda number: f"Code {number}")
    created_at = factory.LazyFunction(lambda: datetime.now(UTC))
    not_before = factory.SelfAttribute("created_at")


def submitting(**fields: Any) -> Message:
    """A message some worker has in hand, its first attempt."""
    now = datetime.now(UTC)
    handed = {"attempt": 1, "leased_until": now + timedelta(minutes=2), "submitted_at": now}
    return MessageFactory.create(state=MessageState.SUBMITTING, **(handed | fields))


def sent(**fields: Any) -> Message:
    """A text Twilio took under a provider id."""
    taken = {"attempt": 1, "provider": "twilio", "provider_id": f"SM{fields.pop('number', 1):032x}"}
    return MessageFactory.create(state=MessageState.SENT, **(taken | fields))
