"""What the local phones show: the texts between each of them and one of our numbers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db.models import Exists, F, OuterRef, Window
from django.db.models.functions import RowNumber
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.lib.phone_numbers import dialled
from config.lib.secrets import Undecryptable
from messaging.content import content_of
from messaging.models import Channel, InboundMessage, Message, MessageState
from messaging.segments import segments_of

SHOWN: Final = 40  # texts of each phone
# A row's place among its phone's, from the newest: a phone with a long history must not crowd out the others.
_PLACE: Final = Window(RowNumber(), partition_by=F("address_id"), order_by=F("id").desc())
_ARRIVED: Final = {MessageState.SENT, MessageState.DELIVERED, MessageState.ANSWERED}
_LOST: Final = {
    MessageState.UNDELIVERED,
    MessageState.FAILED,
    MessageState.SKIPPED,
    MessageState.CANCELLED,
}

Stage = Literal["here", "coming", "lost"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One text. `note` says when, what became of it, and in how many parts."""

    at: datetime
    text: str
    note: str
    mine: bool = False
    stage: Stage = "here"


def spoken(number: str) -> str:
    """A number as people write it, on one line."""
    return dialled(number).replace(" ", "\u00a0")


def conversations(phones: Iterable[str], number: str) -> Mapping[str, Sequence[Said]]:
    """Phone → its last texts with our `number`, the oldest first. Two queries, however many phones there are."""
    found: dict[str, list[Said]] = defaultdict(list)
    at_hand = {"address__channel": Channel.SMS, "address__value__in": list(phones), "sender__value": number}
    answers = Message.objects.filter(reply_to=OuterRef("pk"), state=MessageState.ANSWERED).exclude(text="")
    sent = InboundMessage.objects.filter(**at_hand).annotate(place=_PLACE, answered=Exists(answers))
    for inbound in sent.filter(place__lte=SHOWN).select_related("address"):
        found[inbound.address.value].append(_sent(inbound, answered=inbound.answered))
    received = Message.objects.filter(**at_hand, channel=Channel.SMS).exclude(text="").annotate(place=_PLACE)
    for message in received.filter(place__lte=SHOWN).select_related("address"):
        found[message.address.value].append(_received(message))
    return {phone: sorted(said, key=lambda each: each.at)[-SHOWN:] for phone, said in found.items()}


def _sent(inbound: InboundMessage, *, answered: bool) -> Said:
    notes = [_clock(inbound.received_at)]
    if not answered:
        notes.append(_("No reply"))
    return Said(at=inbound.received_at, text=inbound.text, note=" · ".join(notes), mine=True)


def _received(message: Message) -> Said:
    state = MessageState(message.state)
    at = message.sent_at or message.created_at
    try:
        text = content_of(message).text
    except Undecryptable:
        text = _("This text was sealed with a key that is no longer in the ring.")
    parts = message.segments or segments_of(text)
    notes = [
        _clock(at),
        str(state.label),
        ngettext("%(parts)s segment", "%(parts)s segments", parts) % {"parts": parts},
    ]
    if message.error:
        notes.append(message.error)
    return Said(at=at, text=text, note=" · ".join(notes), stage=_stage(state))


def _stage(state: MessageState) -> Stage:
    if state in _ARRIVED:
        return "here"
    return "lost" if state in _LOST else "coming"


def _clock(moment: datetime) -> str:
    """The time on this machine, where the phones are."""
    return date_format(moment.astimezone(), "H:i")
