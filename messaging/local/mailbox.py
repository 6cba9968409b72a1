"""What the local mailbox holds: the mails it was given, opened as their readers would open them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from config.lib.errors import NotFound
from config.lib.pagination import page_of
from config.lib.secrets import Undecryptable
from config.lib.swapping import address_of
from messaging.content import Content, content_of
from messaging.models import ERASED, Channel, Message

_PROVIDER: Final = "local_mailbox"
_PAGE: Final = 20
_HEAD: Final = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_OUTSIDE: Final = '<base target="_blank">'


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A mail, opened. `problem` says why it cannot be, where it cannot."""

    public_id: str
    to: str
    sender: str
    subject: str
    arrived: str
    text: str
    html: str
    headers: Mapping[str, str]
    problem: str

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The head of the mail, in the order in which mail programs show it."""
        head = [
            (_("From"), self.sender),
            (_("To"), self.to),
            (_("Subject"), self.subject),
            (_("Arrived"), self.arrived),
        ]
        return [*head, *((name, value) for name, value in self.headers.items() if name != "From")]


@dataclass(frozen=True, slots=True)
class Mails:
    """One page of them, and the addresses of the pages beside it ("" at the ends)."""

    mails: Sequence[Mail]
    following: str
    previous: str


def address(**asked: str) -> str:
    """Of the list that is asked for this."""
    return address_of("local:mails", asked)


def mails(*, to: str, cursor: str) -> Mails:
    """The newest first; `to` is a part of the recipient's address. One query. Raises Malformed for a cursor not ours."""
    page = page_of(_kept().filter(address__value__icontains=to), ordering=("-id",), cursor=cursor, limit=_PAGE)
    return Mails(
        mails=[_opened(message) for message in page.rows],
        following=address(to=to, cursor=page.next) if page.next else "",
        previous=address(to=to, cursor=page.previous) if page.previous else "",
    )


def mail_at(public_id: str) -> Mail:
    """Raises NotFound for what the local mailbox was not given."""
    message = _kept().filter(public_id=public_id).first()
    if message is None:
        raise NotFound
    return _opened(message)


def opening_links_outside(html: str) -> str:
    """The mail with its links leading out of the frame it is shown in, where they could open nothing."""
    written, heads = _HEAD.subn(lambda head: head[0] + _OUTSIDE, html, count=1)
    return written if heads else _OUTSIDE + html


def _kept() -> QuerySet[Message]:
    kept = Message.objects.filter(channel=Channel.EMAIL, provider=_PROVIDER).exclude(address__value=ERASED)
    return kept.select_related("address")


def _opened(message: Message) -> Mail:
    problem = ""
    try:
        content = content_of(message)
    except Undecryptable:
        content, problem = Content(""), _("This mail was sealed with a key that is no longer in the ring.")
    moment = (message.sent_at or message.created_at).astimezone()  # by the clock of this machine
    return Mail(
        public_id=message.public_id,
        to=message.address.value,
        sender=content.headers.get("From", ""),
        subject=content.subject or problem or _("(no subject)"),
        arrived=date_format(moment, "DATETIME_FORMAT"),
        text=content.text,
        html=content.html,
        headers=content.headers,
        problem=problem,
    )
