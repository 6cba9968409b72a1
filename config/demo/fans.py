"""The room of the demo night: phones whose texts go the way the webhook hands them on."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import uuid4

from django.conf import settings

from accounts.actors import Actor, Via
from accounts.models import User
from events.models import Attendee, Event
from events.services.attendees import join_signed_in
from messaging import process as texts
from messaging.inbound_store import Arrival
from voting import process as votes
from voting.models import Round

_PHONES: Final = tuple(f"+1312555{number:04d}" for number in range(100, 148))  # 555-01xx is nobody's (NANPA)
_UNDECIDED: Final = 5  # the last ones of the room have not said YES yet
_SHY: Final = 8  # those before them are in, and have not voted yet
_ARRIVAL: Final = timedelta(minutes=30)  # from the first who comes in to the last
_THINKS: Final = timedelta(seconds=30)  # from the question to the YES

Text = tuple[str, datetime]  # what is said, and when
Said = tuple[str, Sequence[Text]]  # a phone, and what it texts


def let_in(event: Event, fan: User, *, until: datetime) -> None:
    """The room joins, and most of it says yes, in the half hour before; whoever is in already stays in."""
    first = until - _ARRIVAL
    join_signed_in(actor=Actor(via=Via.PAGE, user=fan), public_id=event.public_id, now=first)
    inside = set(Attendee.objects.confirmed().filter(event=event).values_list("phone__value", flat=True))
    gap = (until - first) / (len(_PHONES) + 1)
    said: list[Said] = []
    for place, phone in enumerate(_PHONES):
        at = first + place * gap
        words = [(f"JOIN {event.join_keyword}", at)]
        if place < len(_PHONES) - _UNDECIDED:
            words.append(("Yes", at + _THINKS))
        if phone not in inside:
            said.append((phone, words))
    text(said)


def voters(event: Event) -> list[Attendee]:
    """Those of the room who vote in every round, and the fan."""
    bold = _PHONES[: -_UNDECIDED - _SHY]
    inside = Attendee.objects.confirmed().filter(event=event).select_related("phone").order_by("pk")
    return [attendee for attendee in inside if attendee.phone is None or attendee.phone.value in bold]


def fill(event: Event, round_: Round, *, now: datetime) -> int:
    """Let the room vote by text, unless somebody has voted in this round; returns how many votes it cast."""
    if round_.ballots.exists():
        return 0
    text(list(_votes(event, round_, now)))
    return round_.ballots.filter(state="accepted").count()


def text(said: Sequence[Said]) -> None:
    """Texts of many phones at once; each is answered, and none is lost."""
    asyncio.run(_text(said))


def _votes(event: Event, round_: Round, now: datetime) -> Iterator[Said]:
    """The number that each phone texts, from the round's opening until now. The room votes the same way every time."""
    numbers = list(event.lineup.on_the_ballot().order_by("ballot_number").values_list("ballot_number", flat=True))
    popularity = [1 / (1 + place) for place in range(len(numbers))]
    chance = Random(round_.number)  # noqa: S311 - a crowd, not a secret
    began = round_.opened_at or now
    for phone in _PHONES[: -_UNDECIDED - _SHY]:
        (number,) = chance.choices(numbers, popularity)
        yield phone, [(str(number), began + chance.random() * (now - began))]


async def _text(said: Sequence[Said]) -> None:
    async with texts.part() as process, votes.part():
        await asyncio.gather(*(_talk(process, phone, words) for phone, words in said))


async def _talk(process: texts.TextProcess, phone: str, said: Sequence[Text]) -> None:
    """One after the other, as a person does."""
    for words, at in said:
        sid = f"SM{uuid4().hex}"
        fields = {"MessageSid": sid, "From": phone, "To": settings.PLATFORM_NUMBER, "Body": words}
        await process.answer(
            Arrival(
                provider_id=sid,
                phone=phone,
                number=settings.PLATFORM_NUMBER,
                text=words,
                opt_out_type="",
                raw=fields,
                received_at=at,
                request_id=sid,
            )
        )
