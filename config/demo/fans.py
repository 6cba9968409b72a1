"""The room: a round to vote in, and phones whose texts go the way the webhook hands them on."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from uuid import uuid4

from django.conf import settings

from accounts.models import User
from config.demo.people import acting
from events.models import Attendee, Event
from messaging import process as texts
from messaging.inbound_store import Arrival
from voting import process as votes
from voting.models import Round
from voting.services import rounds

_ROUND_LASTS: Final = timedelta(hours=2)  # long enough for whoever tries Fanfare for an evening
_PHONES: Final = tuple(f"+1312555{number:04d}" for number in range(100, 148))  # 555-01xx is nobody's (NANPA)
_UNDECIDED: Final = 5  # the last ones of the room have not said YES yet
_SHY: Final = 8  # those before them are in, and have not voted yet

Said = tuple[str, Sequence[str]]  # a phone, and what it texts


def open_round(event: Event, organizer: User, *, now: datetime) -> Round:
    """The event's round in progress, opened if there is none. One whose time ran out while nothing ran is closed first."""
    rounds.move_by_clock(now=now)
    if running := Round.objects.in_progress().filter(event=event).first():
        return running
    changes: rounds.RoundChanges = {"closes_at": now + _ROUND_LASTS}
    actor = acting(organizer)
    planned = rounds.plan(actor=actor, public_id=event.public_id, changes=changes, now=now)
    return rounds.open_round(actor=actor, public_id=event.public_id, number=planned.number, now=now)


def fill(event: Event, round_: Round) -> int:
    """Let the room join, confirm and vote, unless somebody has voted in this round; returns how many votes it cast."""
    if round_.ballots.exists():
        return 0
    asyncio.run(_text(list(_conversations(event, round_))))
    return round_.ballots.filter(state="accepted").count()


def _conversations(event: Event, round_: Round) -> Iterator[Said]:
    """What each phone texts; whoever is in already only votes. The same room votes the same way every time."""
    inside = set(Attendee.objects.confirmed().filter(event=event).values_list("phone__value", flat=True))
    numbers = list(event.lineup.on_the_ballot().order_by("ballot_number").values_list("ballot_number", flat=True))
    popularity = [1 / (1 + place) for place in range(len(numbers))]
    taste = Random(round_.number)  # noqa: S311 - a crowd, not a secret
    for place, phone in enumerate(_PHONES):
        left = len(_PHONES) - place
        said = [] if phone in inside else [f"JOIN {event.join_keyword}"]
        if left > _UNDECIDED and phone not in inside:
            said.append("Yes")
        if left > _UNDECIDED + _SHY:
            (number,) = taste.choices(numbers, popularity)
            said.append(str(number))
        yield phone, said


async def _text(conversations: Sequence[Said]) -> None:
    async with texts.part() as process, votes.part():
        await asyncio.gather(*(_talk(process, phone, said) for phone, said in conversations))


async def _talk(process: texts.TextProcess, phone: str, said: Sequence[str]) -> None:
    """One after the other, as a person does."""
    for text in said:
        sid = f"SM{uuid4().hex}"
        fields = {"MessageSid": sid, "From": phone, "To": settings.PLATFORM_NUMBER, "Body": text}
        await process.answer(
            Arrival(
                provider_id=sid,
                phone=phone,
                number=settings.PLATFORM_NUMBER,
                text=text,
                opt_out_type="",
                raw=fields,
                received_at=datetime.now(UTC),
                request_id=sid,
            )
        )
