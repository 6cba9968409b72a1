"""Test rounds, with their ballots."""

from datetime import UTC, datetime
from typing import Any

import factory

from events.models import Event, Slot
from events.tests.factories import EventFactory, SlotFactory
from voting.models import Ballot, BallotChannel, BallotState, Entry, Round, RoundStatus


class RoundFactory(factory.django.DjangoModelFactory[Round]):
    """A planned round of a live event, without entries; numbers count up within the event."""

    class Meta:
        model = Round

    event = factory.SubFactory(EventFactory, live=True)
    number = factory.LazyAttribute(lambda made: Round.objects.filter(event=made.event).count() + 1)


class BallotFactory(factory.django.DjangoModelFactory[Ballot]):
    """An accepted ballot, put straight into the table."""

    class Meta:
        model = Ballot

    channel = BallotChannel.API
    source = factory.Sequence(lambda number: number.to_bytes(32))
    received_at = factory.LazyFunction(lambda: datetime.now(UTC))
    state = BallotState.ACCEPTED


def line_up(event: Event, size: int) -> list[Slot]:
    """`size` artists on the ballot of the event, numbered from 1."""
    return [SlotFactory.create(event=event) for _ in range(size)]


def opened(event: Event | None = None, *, artists: int = 3, **fields: Any) -> tuple[Round, list[Entry]]:
    """An open round and its entries in ballot order, on the event's line-up or one of `artists` new artists."""
    event = event or EventFactory.create(live=True)
    slots = list(event.lineup.order_by("ballot_number")) or line_up(event, artists)
    made = RoundFactory.create(event=event, **fields)
    entries = [Entry.objects.create(round=made, slot=slot) for slot in slots]
    Round.objects.filter(pk=made.pk).update(status=RoundStatus.OPEN, opened_at=datetime.now(UTC))
    made.refresh_from_db()
    return made, entries
