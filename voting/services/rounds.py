"""What can be done to a round: planned, edited, opened, closed, revealed, by hand and by the clock."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Final, TypedDict

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actors import Actor, platform
from config.lib.cleaning import check_fields
from config.lib.errors import Detail, NotFound, Refusal, StaleVersion, ValidationError
from events.models import Event, EventStatus, Slot
from events.policies import event_to_run
from events.vote_rules import check_vote_config
from voting.ballot_box import hold_still
from voting.models import BallotChannel, Entry, Round, RoundStatus, Tally
from voting.querysets import RoundQuerySet
from voting.recount import differences
from voting.round_moves import move
from voting.services.merging import supersede_merged
from voting.vote import EventNotLive

logger = structlog.get_logger(__name__)

MOST_ROUNDS: Final = 100
_SCOPE: Final = "rounds:write"
_PLANNABLE: Final = (EventStatus.DRAFT, EventStatus.PUBLISHED, EventStatus.LIVE)
_CLOCK_BATCH: Final = 100


class RoundNotPlannable(Refusal):
    status = 409
    message = _("This event is over or cancelled, so no round can be planned.")


class TooManyRounds(Refusal):
    status = 409
    message = _("This event has 100 rounds, which is the most it can hold.")


class RoundNotPlanned(Refusal):
    status = 409
    message = _("This round has opened, so it stays as it is.")


class NobodyOnTheBallot(Refusal):
    status = 409
    message = _("There is nobody to vote for. Put an artist on the ballot first.")


class ClosingTimePassed(Refusal):
    status = 409
    message = _("This round's time to close has passed. Give it a later one first.")


class RoundChanges(TypedDict, total=False):
    """What an edit may change. `artists` are public ids; none of them means whoever is on the event's ballot at opening."""

    name: str
    opens_at: datetime | None
    closes_at: datetime | None
    artists: list[str]


@transaction.atomic
def plan(
    *, actor: Actor, public_id: str, changes: RoundChanges, expected_number: int | None = None, now: datetime
) -> Round:
    """The event's next round, planned. Its number is the next one of the event, whoever else plans at the same moment.

    Raises what `event_to_run` raises, RoundNotPlannable, TooManyRounds, ValidationError; StaleVersion where the next round
    is no longer the one that was expected.
    """
    event = _locked_event(actor, public_id)
    if event.status not in _PLANNABLE:
        raise RoundNotPlannable
    last: int = Round.objects.filter(event=event).aggregate(last=Max("number"))["last"] or 0
    if expected_number not in (None, last + 1):
        raise StaleVersion(_("Round %(number)s is planned already.") % {"number": expected_number})
    if last >= MOST_ROUNDS:
        raise TooManyRounds
    round_ = Round(event=event, number=last + 1, created_at=now)
    _apply(round_, changes, now)
    audit.record(actor=actor, action="round.plan", subject=round_, now=now, event=public_id, number=round_.number)
    return round_


@transaction.atomic
def edit(
    *,
    actor: Actor,
    public_id: str,
    number: int,
    changes: RoundChanges,
    expected_version: int | None = None,
    now: datetime,
) -> Round:
    """The planned round with these changes, one version on; without any it stays as it is.

    Raises what `event_to_run` raises, NotFound, StaleVersion, RoundNotPlanned, ValidationError.
    """
    round_ = _locked_round(actor, public_id, number)
    if expected_version not in (None, round_.version):
        raise StaleVersion
    if round_.status != RoundStatus.PLANNED:
        raise RoundNotPlanned
    if not changes:
        return round_
    round_.version += 1
    _apply(round_, changes, now)
    facts = {"event": public_id, "number": number, "changed": sorted(changes)}
    audit.record(actor=actor, action="round.edit", subject=round_, now=now, **facts)
    return round_


@transaction.atomic
def open_round(*, actor: Actor, public_id: str, number: int, now: datetime) -> Round:
    """Let people vote. Who is on the ballot, and the event's vote rules, are fixed from here on.

    Raises what `event_to_run` raises, NotFound, EventNotLive, RoundCannotMove, AnotherRoundOpen, ClosingTimePassed,
    NobodyOnTheBallot.
    """
    round_ = _locked_round(actor, public_id, number)
    event = round_.event
    if event.status != EventStatus.LIVE:
        raise EventNotLive
    if round_.status == RoundStatus.PLANNED:
        if round_.closes_at and round_.closes_at <= now:
            raise ClosingTimePassed
        _fix_ballot(round_)
    rules = check_vote_config(event.vote_config).document()
    move(actor=actor, round_=round_, to=RoundStatus.OPEN, now=now, opened_at=now, vote_config=rules)
    return round_


def close_round(*, actor: Actor, public_id: str, number: int, now: datetime) -> Round:
    """Let nobody vote any more, count the ballots again, and close the round; `disputed` where the tally is another.

    Raises what `event_to_run` raises, NotFound, RoundCannotMove.
    """
    event = event_to_run(actor, public_id, scope=_SCOPE)
    round_ = _found(Round.objects.filter(event=event), number)
    if round_.status != RoundStatus.CLOSING:
        _stop(actor=actor, round_=round_, now=now)
    _settle(actor=actor, round_=round_, now=now)
    return round_


@transaction.atomic
def reveal(*, actor: Actor, public_id: str, number: int, now: datetime) -> Round:
    """Show everyone the result of a closed round. Raises what `event_to_run` raises, NotFound, RoundCannotMove."""
    round_ = _found(Round.objects.filter(event=event_to_run(actor, public_id, scope=_SCOPE)), number)
    move(actor=actor, round_=round_, to=RoundStatus.REVEALED, now=now, revealed_at=now)
    return round_


def move_by_clock(*, now: datetime) -> int:
    """Open and close what is due, close what belongs to an event that is no longer live, finish what was left in `closing`.

    Before, it sees to it that merged attendees have one vote. Counts the rounds it moved. Several clocks may run at once: of
    two that want the same move, one makes it.
    """
    supersede_merged(actor=platform(), now=now)
    due: tuple[tuple[Callable[..., Round], RoundQuerySet], ...] = (
        (close_round, Round.objects.due_to_close(now=now)),
        (open_round, Round.objects.due_to_open(now=now)),
    )
    moved = 0
    for service, rounds in due:
        for round_ in rounds.select_related("event").order_by("pk")[:_CLOCK_BATCH]:
            moved += _moved_by_clock(service, round_, now)
    return moved


def _moved_by_clock(service: Callable[..., Round], round_: Round, now: datetime) -> bool:
    try:
        service(actor=platform(), public_id=round_.event.public_id, number=round_.number, now=now)
    except Refusal as refusal:  # it is asked again at the next tick; its organizer sees why when opening it by hand
        logger.info("round.not_moved", round=round_.pk, code=refusal.code)
        return False
    return True


@transaction.atomic
def _stop(*, actor: Actor, round_: Round, now: datetime) -> None:
    """From this commit on no vote lands. The batches in flight are waited for, with the round still open."""
    hold_still(round_.pk)
    move(actor=actor, round_=round_, to=RoundStatus.CLOSING, now=now)


@transaction.atomic
def _settle(*, actor: Actor, round_: Round, now: datetime) -> None:
    supersede_merged(actor=platform(), now=now)
    found = differences(round_)
    to = RoundStatus.DISPUTED if found else RoundStatus.CLOSED
    facts = {"differences": [asdict(difference) for difference in found]} if found else {}
    move(actor=actor, round_=round_, to=to, now=now, facts=facts, closed_at=now)


def _locked_event(actor: Actor, public_id: str) -> Event:
    """The event, its row locked: plans of one event take turns, votes do not notice."""
    event = event_to_run(actor, public_id, scope=_SCOPE)
    return Event.objects.select_for_update(no_key=True).get(pk=event.pk)


def _locked_round(actor: Actor, public_id: str, number: int) -> Round:
    event = event_to_run(actor, public_id, scope=_SCOPE)
    return _found(Round.objects.filter(event=event).select_for_update(no_key=True, of=("self",)), number)


def _found(rounds: RoundQuerySet, number: int) -> Round:
    round_ = rounds.select_related("event").filter(number=number).first()
    if round_ is None:
        raise NotFound
    return round_


def _apply(round_: Round, changes: RoundChanges, now: datetime) -> None:
    """Store the changes of a planned round. Raises ValidationError."""
    for name in ("name", "opens_at", "closes_at"):
        if name in changes:
            setattr(round_, name, changes[name])
    check_fields(round_, changes.keys() - {"artists"})
    if round_.closes_at and round_.closes_at <= max(now, round_.opens_at or now):
        raise ValidationError(
            details=[Detail("closes_at", "too_early", _("Close it later than it opens, and later than now."))]
        )
    slots = _slots(round_.event, changes["artists"]) if "artists" in changes else None
    round_.save()
    if slots is not None:
        round_.entries.all().delete()
        Entry.objects.bulk_create(Entry(round=round_, slot=slot) for slot in slots)


def _slots(event: Event, artists: Iterable[str]) -> list[Slot]:
    """Their places on the event's ballot. Raises ValidationError for artists who are not on it."""
    wanted = dict.fromkeys(artists)
    slots = list(event.lineup.on_the_ballot().filter(artist__public_id__in=wanted).select_related("artist"))
    known = {slot.artist.public_id for slot in slots}
    unknown = [position for position, artist in enumerate(wanted) if artist not in known]
    if unknown:
        message = _("This artist is not on the event's ballot.")
        raise ValidationError(
            details=[Detail(f"artists.{position}", "not_on_the_ballot", message) for position in unknown]
        )
    return slots


def _fix_ballot(round_: Round) -> None:
    """Whoever was chosen and still is on the event's ballot; without a choice, all of it. Raises NobodyOnTheBallot."""
    on_the_ballot = round_.event.lineup.on_the_ballot()
    if round_.entries.exists():
        round_.entries.exclude(slot__in=on_the_ballot).delete()
    else:
        Entry.objects.bulk_create(Entry(round=round_, slot=slot) for slot in on_the_ballot)
    entries = list(round_.entries.all())
    if not entries:
        raise NobodyOnTheBallot
    Tally.objects.bulk_create(
        Tally(round=round_, entry=entry, channel=channel) for entry in entries for channel in BallotChannel
    )
