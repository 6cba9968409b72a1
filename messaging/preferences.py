"""What an address gets at this moment, as its owner is shown it and may change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import phonenumbers
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from config.lib.languages import own_names
from config.lib.phone_numbers import dialled
from messaging import topics
from messaging.languages import language_of
from messaging.links import preferences_token
from messaging.models import (
    ERASED,
    Address,
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    Message,
    OptOut,
    Sender,
)

_TEXTED_STOP: Final = ("stop_done", "stop_again")  # the kinds of reply that a STOP gets
_HIDDEN: Final = "•••"


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicChoice:
    """Something the address agreed to hear about, or stopped hearing about on this page."""

    topic: str
    sender_id: int | None
    is_on: bool
    words: topics.Topic


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """Everything from one sender. `key` names it in forms: the sender's public id, "" for mail."""

    key: str
    title: str
    stop_words: str
    number: str
    is_on: bool
    only_by_text: bool
    topics: Sequence[TopicChoice]

    @property
    def written(self) -> str:
        """The number as people write it for the whole world to dial: `+1 202-555-0100`."""
        return dialled(self.number)

    @property
    def text_start(self) -> str:
        """Opens the text that is to be sent (RFC 5724)."""
        return f"sms:{self.number}?body=START"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferences:
    """`languages` is (code, the language's own name, whether it is spoken to this address)."""

    address: str
    is_phone: bool
    streams: Sequence[Stream]
    languages: Sequence[tuple[str, str, bool]]
    unreachable: bool


class OwnAddress(NamedTuple):
    """An address shown to the one it belongs to, and the page where they choose what is sent to it."""

    value: str
    is_phone: bool
    href: str


def own_addresses_of(user: User, *, now: datetime) -> list[OwnAddress]:
    """The addresses this user has shown to be theirs and messaging knows; one query."""
    return [
        OwnAddress(
            value=dialled(address.value) if address.channel == Channel.SMS else address.value,
            is_phone=address.channel == Channel.SMS,
            href=reverse("messaging:preferences", args=[preferences_token(address.pk, now=now)]),
        )
        for address in Address.objects.proven_by(user).order_by("channel")
    ]


def preferences_of(address: Address) -> Preferences:
    """Six queries at most, whatever there is."""
    is_phone = address.channel == Channel.SMS
    spoken = language_of(phone=address.value if is_phone else "", known=address.language)
    return Preferences(
        address=masked(address),
        is_phone=is_phone,
        streams=_texts(address) if is_phone else [_mail(address)],
        languages=[(code, name, code == spoken) for code, name in own_names().items()],
        unreachable=address.unreachable_at is not None,
    )


def topics_of(address: Address) -> list[TopicChoice]:
    """What it is told about, the newest first, and what it muted on its page; not what it left in another way."""
    latest = {event.topic: event for event in ConsentEvent.objects.about_events_of(address)}
    overall = latest.pop("", None)
    said = sorted(latest.values(), key=lambda event: event.pk, reverse=True)
    words = topics.described(event.topic for event in said)
    choices = [
        TopicChoice(
            topic=event.topic, sender_id=event.sender_id, is_on=_is_granted(event, overall), words=words[event.topic]
        )
        for event in said
        if event.topic in words
    ]
    muted = {event.topic for event in said if event.source == ConsentSource.PREFERENCES}
    return [choice for choice in choices if choice.is_on or choice.topic in muted]


def mail_is_on(address: Address) -> bool:
    """Whether this mail address gets more than mail about its account."""
    said = ConsentEvent.objects.filter(address=address, purpose=ConsentPurpose.EVENT, topic="").order_by("pk").last()
    return said is None or said.decision == ConsentDecision.GRANTED


def only_by_text(address: Address, sender: Sender) -> bool:
    """Whether the phone's own STOP is in force at the provider, which refuses our texts until it hears START."""
    return _stopped(address).get(sender.pk, False)


def masked(address: Address) -> str:
    """Enough for its owner to know it by, too little for anybody else to use it: `+1 ••• 34`, `f•••@example.test`."""
    if address.value == ERASED:
        return _("Erased")
    if address.channel == Channel.SMS:
        code = phonenumbers.parse(address.value).country_code
        return f"+{code} {_HIDDEN} {address.value[-2:]}"
    name, _at, domain = address.value.rpartition("@")
    return f"{name[:1]}{_HIDDEN}@{domain}"


def _is_granted(event: ConsentEvent, overall: ConsentEvent | None) -> bool:
    """By the later of what was said about the topic and about all of them, as the gate reads it."""
    last = max((said for said in (event, overall) if said), key=lambda said: said.pk)
    return last.decision == ConsentDecision.GRANTED


def _texts(address: Address) -> list[Stream]:
    stopped, choices = _stopped(address), topics_of(address)
    return [_texts_from(sender, stopped, choices) for sender in Sender.objects.known_to(address).order_by("pk")]


def _texts_from(sender: Sender, stopped: Mapping[int, bool], choices: Sequence[TopicChoice]) -> Stream:
    is_on = sender.pk not in stopped
    return Stream(
        key=sender.public_id,
        title=_("Texts from %(number)s") % {"number": dialled(sender.value)},
        stop_words=_("Stop all texts from this number"),
        number=sender.value,
        is_on=is_on,
        only_by_text=stopped.get(sender.pk, False),
        topics=[choice for choice in choices if choice.sender_id == sender.pk] if is_on else [],
    )


def _mail(address: Address) -> Stream:
    """Without a sender: mail comes from one address of ours. What was joined after stopping everything is on again."""
    is_on = mail_is_on(address)
    return Stream(
        key="",
        title=_("Mail from Fanfare"),
        stop_words=_("Stop all mail but about my account"),
        number="",
        is_on=is_on,
        only_by_text=False,
        topics=[choice for choice in topics_of(address) if is_on or choice.is_on],
    )


def _stopped(address: Address) -> dict[int, bool]:
    """Sender → whether the provider stops its texts, too, for those that were told to stop."""
    pair = {"address": OuterRef("address"), "sender": OuterRef("sender")}
    reported = ConsentEvent.objects.filter(
        **pair, purpose=ConsentPurpose.ALL, source=ConsentSource.PROVIDER, at__gte=OuterRef("since")
    )
    texted = Message.objects.filter(
        Q(sender__provider_answers_stop=True) | Q(reply_to__opt_out_type__gt=""),
        **pair,
        kind__in=_TEXTED_STOP,
        created_at__gte=OuterRef("since"),
    )
    rows = OptOut.objects.filter(address=address).annotate(at_provider=Exists(reported) | Exists(texted))
    return dict(rows.values_list("sender", "at_provider"))
