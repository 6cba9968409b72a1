"""What accounts texts (`TEXT_BACKEND`) becomes rows of the outbox, as its mail does: sealed, of the kind `account`."""

from datetime import datetime
from typing import Final

from accounts.texting import PhoneNotReached, PhoneOptedOut
from config.lib.errors import Unavailable
from messaging.models import Channel, Lane, Message, MessageState, Purpose
from messaging.services.addresses import NotAPhoneNumber, address_for
from messaging.services.outbox import ChannelNotOffered, queue
from messaging.services.senders import platform_sender

KIND: Final = "account"


class OutboxTexts:
    """An `accounts.texting.TextBackend`. What is rolled back was never sent."""

    def text_secret(
        self, *, phone: str, text: str, purpose_key: str, language: str, expires_at: datetime, now: datetime
    ) -> None:
        """Raises PhoneOptedOut, PhoneNotReached, Unavailable."""
        try:
            message = queue(
                purpose_key=purpose_key,
                kind=KIND,
                purpose=Purpose.ACCOUNT,
                channel=Channel.SMS,
                address=address_for(channel=Channel.SMS, value=phone),
                sender=platform_sender(),
                language=language,
                text=text,
                lane=Lane.CRITICAL,
                expires_at=expires_at,
                sealed=True,
                now=now,
            )
        except NotAPhoneNumber as error:
            raise PhoneNotReached from error
        except ChannelNotOffered as error:
            raise Unavailable from error
        _require_planned(message)


def _require_planned(message: Message) -> None:
    """Raises what the gate's objection means to whoever waits for the text; a text that is held will come."""
    if message.state != MessageState.SKIPPED:
        return
    reason = message.decisions[-1].get("reason")
    raise PhoneOptedOut if reason == "opted_out" else PhoneNotReached
