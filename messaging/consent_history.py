"""What somebody agreed to and refused, as their own page shows it: the latest; the copy of their data has it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.persons import Person
from config.lib.phone_numbers import dialled
from messaging import topics
from messaging.models import Address, Channel, ConsentDecision, ConsentEvent, ConsentPurpose, ConsentSource

SHOWN: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One yes or no: to what, from where and when it was said, of which address."""

    granted: bool
    decision: str
    about: str
    address: str
    way: str
    at: str


@dataclass(frozen=True, slots=True)
class ConsentHistory:
    said: Sequence[Said]
    has_more: bool


def consent_history_of(person: Person) -> ConsentHistory:
    """Two queries, and one more where events are named."""
    ids = list(Address.objects.of(person).values_list("pk", flat=True))
    events = list(ConsentEvent.objects.filter(address__in=ids).select_related("address").order_by("-pk")[: SHOWN + 1])
    zone = ZoneInfo(person.user.time_zone)
    words = topics.described(event.topic for event in events if event.topic)
    return ConsentHistory(said=[_said(event, words, zone) for event in events[:SHOWN]], has_more=len(events) > SHOWN)


def _said(event: ConsentEvent, words: dict[str, topics.Topic], zone: ZoneInfo) -> Said:
    assert event.address, "found by its address"
    is_phone = event.address.channel == Channel.SMS
    topic = words.get(event.topic)
    return Said(
        granted=event.decision == ConsentDecision.GRANTED,
        decision=str(ConsentDecision(event.decision).label),
        about=topic.name if topic else _("An event that is over") if event.topic else _purpose(event),
        address=dialled(event.address.value) if is_phone else event.address.value,
        way=str(ConsentSource(event.source).label),
        at=date_format(event.at.astimezone(zone), "DATETIME_FORMAT"),
    )


def _purpose(event: ConsentEvent) -> str:
    return str(ConsentPurpose(event.purpose).label)
