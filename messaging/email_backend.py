"""Django's e-mail backend: whatever Django and allauth send becomes rows of the outbox."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parseaddr
from hashlib import sha256
from typing import Final

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import make_msgid
from django.core.mail.utils import DNS_NAME
from django.db import transaction
from django.utils.translation import get_language

from config.lib.errors import Unavailable
from messaging.models import Channel, Lane, Message, Purpose
from messaging.services.addresses import address_for
from messaging.services.outbox import ChannelNotOffered, queue

KIND: Final = "account"
_HTML: Final = "text/html"


class CannotBeQueued(Exception):
    """The mail holds something the outbox does not keep: attachments, or an alternative other than one of HTML."""


class OutboxBackend(BaseEmailBackend):
    """Queues in the caller's transaction: what is rolled back was never sent."""

    @transaction.atomic
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """One row per recipient, each sealed. Returns how many mails were taken.

        Raises CannotBeQueued, NotAMailAddress, and Unavailable where no e-mail can leave: who sends through Django knows
        nothing of channels.
        """
        now = datetime.now(UTC)
        try:
            taken = [_queue(mail, now=now) for mail in email_messages if mail.recipients()]
        except ChannelNotOffered as error:
            raise Unavailable from error
        return len(taken)


def _queue(mail: EmailMessage, *, now: datetime) -> list[Message]:
    """The purpose key is made from the Message-ID, so a mail that is handed in again is not sent again."""
    headers = _headers(mail)
    digest = sha256(headers["Message-ID"].encode()).hexdigest()
    html = _html(mail)
    rows = []
    for recipient in mail.recipients():
        address = address_for(channel=Channel.EMAIL, value=parseaddr(recipient)[1])
        rows.append(
            queue(
                purpose_key=f"mail:{digest}:{address.pk}",
                kind=KIND,
                purpose=Purpose.ACCOUNT,
                channel=Channel.EMAIL,
                address=address,
                language=get_language() or "",
                subject=str(mail.subject),
                text=str(mail.body),
                html=html,
                headers=headers,
                lane=Lane.CRITICAL,
                sealed=True,
                now=now,
            )
        )
    return rows


def _headers(mail: EmailMessage) -> dict[str, str]:
    """Who it is from, where answers go, its id, and whatever headers it was given."""
    headers = {"From": mail.from_email, **{name: str(value) for name, value in mail.extra_headers.items()}}
    if mail.reply_to:
        headers.setdefault("Reply-To", ", ".join(map(str, mail.reply_to)))
    headers.setdefault("Message-ID", make_msgid(domain=str(DNS_NAME)))
    return headers


def _html(mail: EmailMessage) -> str:
    alternatives = getattr(mail, "alternatives", [])
    if mail.attachments or len(alternatives) > 1 or any(kind != _HTML for _content, kind in alternatives):
        raise CannotBeQueued
    if mail.content_subtype == "html":
        raise CannotBeQueued
    return str(alternatives[0][0]) if alternatives else ""
