"""Rounds with what their pages and answers show."""

from typing import Final

from django.db.models import Prefetch

from events.models import Event, Slot
from voting.models import Entry, Round, RoundStatus
from voting.querysets import RoundQuerySet

_SHOWN: Final = Entry.objects.filter(slot__artist__held_at=None)  # nobody is asked to vote for whom moderation holds
_ENTRIES: Final = _SHOWN.select_related("slot__artist").order_by("slot__ballot_number")


def with_ballots(rounds: RoundQuerySet) -> RoundQuerySet:
    """With what `ballot_of` needs, in three queries whatever their number."""
    lineup = Prefetch("event__lineup", queryset=Slot.objects.on_the_ballot().in_order(), to_attr="ballot")
    return rounds.select_related("event").prefetch_related(Prefetch("entries", queryset=_ENTRIES.all()), lineup)


def detailed(round_: Round) -> Round:
    """The round with its ballot, as it is stored now."""
    return with_ballots(Round.objects.filter(pk=round_.pk)).get()


def ballot_at(event: Event, round_: Round | None) -> list[Slot]:
    """`ballot_of` for one round, in one query or two; without a round, whom the event's first one will be about."""
    entries = list(_ENTRIES.filter(round=round_)) if round_ else []
    if entries or (round_ and round_.status != RoundStatus.PLANNED):
        return [entry.slot for entry in entries]
    return list(Slot.objects.filter(event=event).on_the_ballot().in_order())


def ballot_of(round_: Round) -> list[Slot]:
    """Who can be voted for, by ballot number. A planned round without a choice of its own has the event's whole ballot."""
    entries = round_.entries.all()
    if not entries and round_.status == RoundStatus.PLANNED:
        ballot: list[Slot] = round_.event.ballot  # type: ignore[attr-defined]  # put there by `with_ballots`
        return ballot
    return [entry.slot for entry in entries]
