"""Rounds that were held before anybody looked: opened, voted in, closed and revealed, each step in its time."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction

from accounts.actors import Actor, Via
from accounts.models import User
from config.demo import fans
from config.demo.people import acting
from config.demo.programme import Heat
from events.links import confirm_code
from events.models import Attendee, Event
from events.services import attendees
from messaging.models import Channel
from messaging.services.addresses import address_for
from voting import tokens
from voting.ballot_box import cast_sync
from voting.leaderboard import ranked, rounds_held
from voting.models import BallotChannel, Entry, Round
from voting.services import rounds
from voting.vote import Vote

LASTS: Final = timedelta(minutes=20)
PAUSE: Final = timedelta(minutes=15)
PHONES: Final = tuple(f"+1{area}5550{line}" for area in (503, 718) for line in range(100, 200))  # nobody's (NANPA)
_DRUM_ROLL: Final = timedelta(minutes=1)  # from the end of the vote to its result
_THINKS: Final = timedelta(seconds=40)  # from joining to saying yes
_WAYS: Final = (BallotChannel.SMS, BallotChannel.WEB, BallotChannel.WEB, BallotChannel.API)
_UNDECIDED: Final = 12  # one of so many joins and never says yes
_SILENT: Final = 11  # one of so many confirms and never votes
_AT_THE_BAR: Final = 13  # one of so many misses the round


@transaction.atomic
def come_in(event: Event, phones: Sequence[str], fan: User, *, first: datetime, last: datetime) -> list[Attendee]:
    """Let the phones join by text, and most of them confirm by their link, and the fan join on the page; returns the confirmed."""
    gap = (last - first) / (len(phones) + 1)
    inside = [attendees.join_signed_in(actor=Actor(via=Via.PAGE, user=fan), public_id=event.public_id, now=first)]
    for number, phone in enumerate(phones, start=1):
        address, at = address_for(channel=Channel.SMS, value=phone), first + number * gap
        joining = attendees.join_by_sms(actor=Actor(via=Via.SMS), event=event, phone_id=address.pk, now=at)
        if joining.attendee and number % _UNDECIDED:
            code = confirm_code(joining.attendee)
            inside.append(attendees.confirm(actor=Actor(via=Via.PAGE), code=code, now=at + _THINKS))
    return inside


def hold(event: Event, organizer: User, heat: Heat, inside: Sequence[Attendee], *, opens: datetime) -> Round:
    """The revealed round. Most of those inside have voted in it: by text, on the page, with the app."""
    actor, closes = acting(organizer), opens + LASTS
    changes: rounds.RoundChanges = {"name": heat.name}
    if heat.best:
        changes["artists"] = _best(event, heat.best)
    planned = rounds.plan(actor=actor, public_id=event.public_id, changes=changes, now=opens)
    number = planned.number
    round_ = rounds.open_round(actor=actor, public_id=event.public_id, number=number, now=opens)
    _vote(round_, heat, inside)
    rounds.close_round(actor=actor, public_id=event.public_id, number=number, now=closes)
    return rounds.reveal(actor=actor, public_id=event.public_id, number=number, now=closes + _DRUM_ROLL)


def _best(event: Event, number: int) -> list[str]:
    """The public ids of the first of the last round."""
    return [place.contender.artist for place in ranked(rounds_held(event.pk)[-1].contenders)[:number]]


def _vote(round_: Round, heat: Heat, inside: Sequence[Attendee]) -> None:
    assert round_.opened_at
    chosen = list(_chosen(round_, heat, inside))
    gap = LASTS / (len(chosen) + 1)
    texts: list[fans.Said] = []
    votes: list[Vote] = []
    for position, (voter, entry) in enumerate(chosen):
        channel, at = _WAYS[position % len(_WAYS)], round_.opened_at + (position + 1) * gap
        if channel == BallotChannel.SMS and voter.phone:
            texts.append((voter.phone.value, [(str(entry.slot.ballot_number), at)]))
        else:
            votes.append(_by_token(round_, voter, entry, channel if voter.phone else BallotChannel.WEB, at))
    cast_sync(votes)
    fans.text(texts)


def _chosen(round_: Round, heat: Heat, inside: Sequence[Attendee]) -> Iterator[tuple[Attendee, Entry]]:
    """Who votes for whom; the same every time."""
    entries = list(round_.entries.select_related("slot").order_by("slot__ballot_number"))
    chance = Random(heat.name)  # noqa: S311 - a crowd, not a secret
    voters = [
        voter
        for number, voter in enumerate(inside, start=1)
        if number % _SILENT and (number + round_.number) % _AT_THE_BAR
    ]
    yield from zip(voters, chance.choices(entries, heat.taste, k=len(voters)), strict=True)


def _by_token(round_: Round, voter: Attendee, entry: Entry, channel: BallotChannel, at: datetime) -> Vote:
    """As the vote page and the app cast it."""
    token = tokens.issue(attendee_id=voter.pk, round_id=round_.pk, expires_at=at + LASTS)
    return Vote(
        round_id=round_.pk,
        attendee_id=voter.pk,
        entry_id=entry.pk,
        channel=channel.value,
        source=tokens.read(token).digest,
        received_at=at,
    )
