"""Rounds: planned, edited, opened, closed, revealed, by hand and by the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actors import platform
from accounts.models import AuditEntry, User
from config.lib.errors import AuthRequired, InsufficientScope, NotFound, Refusal, StaleVersion, ValidationError
from config.tests.fixtures import acting
from events.models import Event, EventStatus, InviteStatus
from events.services import events
from events.tests.factories import EventFactory
from voting import relay
from voting.models import BallotChannel, Round, RoundStatus, Tally
from voting.round_moves import MOVES, AnotherRoundOpen, RoundCannotMove
from voting.services import rounds
from voting.services.rounds import (
    ClosingTimePassed,
    NobodyOnTheBallot,
    RoundChanges,
    RoundNotPlannable,
    RoundNotPlanned,
    TooManyRounds,
)
from voting.tests.factories import BallotFactory, RoundFactory, line_up, opened
from voting.vote import EventNotLive

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def event(organizer: User) -> Event:
    """A live event of the organizer with three artists on its ballot."""
    event = EventFactory.create(live=True, owner=organizer)
    line_up(event, 3)
    return event


def plan(event: Event, now: datetime, changes: RoundChanges | None = None) -> Round:
    return rounds.plan(actor=acting(event.owner), public_id=event.public_id, changes=changes or {}, now=now)


def open_round(round_: Round, now: datetime) -> Round:
    event = round_.event
    return rounds.open_round(actor=acting(event.owner), public_id=event.public_id, number=round_.number, now=now)


def close_round(round_: Round, now: datetime) -> Round:
    event = round_.event
    return rounds.close_round(actor=acting(event.owner), public_id=event.public_id, number=round_.number, now=now)


def artists_of(round_: Round) -> set[str]:
    return {entry.slot.artist.public_id for entry in round_.entries.select_related("slot__artist")}


def test_rounds_are_numbered_from_one_within_their_event(event: Event, now: datetime) -> None:
    RoundFactory.create()  # of another event
    assert [plan(event, now).number for _ in range(3)] == [1, 2, 3]
    assert AuditEntry.objects.filter(action="round.plan").count() == 3


def test_a_round_can_name_who_is_on_its_ballot(event: Event, now: datetime) -> None:
    chosen = [slot.artist.public_id for slot in event.lineup.all()][:2]
    round_ = plan(event, now, {"artists": [*chosen, chosen[0]], "name": "Heats"})
    assert artists_of(round_) == set(chosen)
    assert round_.name == "Heats"


@pytest.mark.parametrize("status", [EventStatus.CLOSED, EventStatus.ARCHIVED, EventStatus.CANCELLED])
def test_nothing_is_planned_for_an_event_that_is_over(event: Event, now: datetime, status: EventStatus) -> None:
    Event.objects.update(status=status)
    with pytest.raises(RoundNotPlannable):
        plan(event, now)


def test_an_event_holds_a_hundred_rounds(event: Event, now: datetime) -> None:
    RoundFactory.create(event=event, number=rounds.MOST_ROUNDS)
    with pytest.raises(TooManyRounds):
        plan(event, now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (lambda now: {"closes_at": now}, "closes_at"),
        (lambda now: {"opens_at": now + MINUTE, "closes_at": now + MINUTE}, "closes_at"),
        (lambda _now: {"artists": ["0000000000000000"]}, "artists.0"),
        (lambda _now: {"name": "x" * 101}, "name"),
    ],
)
def test_a_plan_that_cannot_be_says_why(
    event: Event, now: datetime, changes: Callable[[datetime], RoundChanges], field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        plan(event, now, changes(now))
    assert [detail.field for detail in caught.value.details] == [field]
    assert not Round.objects.exists()


def test_an_artist_who_was_withdrawn_cannot_be_chosen(event: Event, now: datetime) -> None:
    gone = event.lineup.select_related("artist").get(ballot_number=1)
    event.lineup.filter(pk=gone.pk).update(invite_status=InviteStatus.WITHDRAWN)
    with pytest.raises(ValidationError):
        plan(event, now, {"artists": [gone.artist.public_id]})


def test_a_planned_round_can_be_edited_and_an_opened_one_not(event: Event, now: datetime) -> None:
    round_ = plan(event, now)
    chosen = event.lineup.select_related("artist").get(ballot_number=3).artist.public_id

    def edit(changes: RoundChanges, version: int | None = None) -> Round:
        return rounds.edit(
            actor=acting(event.owner),
            public_id=event.public_id,
            number=1,
            changes=changes,
            expected_version=version,
            now=now,
        )

    edited = edit({"name": "Final", "artists": [chosen]}, version=1)
    assert (edited.name, edited.version, artists_of(edited)) == ("Final", 2, {chosen})
    assert edit({}).version == 2
    assert artists_of(edit({"artists": []})) == set()
    with pytest.raises(StaleVersion):
        edit({"name": "Other"}, version=1)
    open_round(round_, now)
    with pytest.raises(RoundNotPlanned):
        edit({"name": "Other"})


def test_opening_fixes_the_whole_ballot_the_rules_and_empty_tallies(event: Event, now: datetime) -> None:
    round_ = open_round(plan(event, now), now)
    assert (round_.status, round_.opened_at, round_.vote_config) == (RoundStatus.OPEN, now, event.vote_config)
    assert artists_of(round_) == {slot.artist.public_id for slot in event.lineup.all()}
    assert Tally.objects.filter(round=round_, votes=0).count() == 3 * len(BallotChannel)
    assert AuditEntry.objects.get(action="round.open").facts == {"event": event.public_id, "number": 1}


def test_who_left_the_line_up_before_the_opening_is_not_on_the_ballot(event: Event, now: datetime) -> None:
    artists = [slot.artist.public_id for slot in event.lineup.order_by("ballot_number")]
    chosen, whole = plan(event, now, {"artists": artists[:2]}), plan(event, now)
    event.lineup.filter(artist__public_id=artists[0]).update(invite_status=InviteStatus.WITHDRAWN)
    assert artists_of(open_round(chosen, now)) == {artists[1]}
    close_round(chosen, now)
    assert artists_of(open_round(whole, now)) == set(artists[1:])


def test_an_empty_ballot_does_not_open(event: Event, now: datetime) -> None:
    event.lineup.update(invite_status=InviteStatus.DECLINED)
    with pytest.raises(NobodyOnTheBallot):
        open_round(plan(event, now), now)


def test_only_a_live_event_has_an_open_round_and_only_one(event: Event, now: datetime) -> None:
    first, second = plan(event, now), plan(event, now)
    Event.objects.update(status=EventStatus.PUBLISHED)
    with pytest.raises(EventNotLive):
        open_round(first, now)
    Event.objects.update(status=EventStatus.LIVE)
    open_round(first, now)
    with pytest.raises(AnotherRoundOpen):
        open_round(second, now)


def test_a_round_whose_time_has_passed_does_not_open(event: Event, now: datetime) -> None:
    round_ = plan(event, now, {"closes_at": now + MINUTE})
    with pytest.raises(ClosingTimePassed):
        open_round(round_, now + MINUTE)


def test_closing_with_an_equal_recount_closes(event: Event, now: datetime) -> None:
    round_ = open_round(plan(event, now), now)
    closed = close_round(round_, now)
    assert (closed.status, closed.closed_at) == (RoundStatus.CLOSED, now)
    actions = list(
        AuditEntry.objects.filter(action__startswith="round.").order_by("pk").values_list("action", flat=True)
    )
    assert actions == ["round.plan", "round.open", "round.stop", "round.close"]


def test_a_tally_that_is_not_what_the_ballots_say_is_disputed_and_never_revealed(event: Event, now: datetime) -> None:
    round_ = open_round(plan(event, now), now)
    entry = round_.entries.all()[0]
    BallotFactory.create(round=round_, entry=entry, channel="sms")
    BallotFactory.create(round=round_, entry=entry, state="rejected", reason="ROUND_CLOSED")
    assert close_round(round_, now).status == RoundStatus.DISPUTED
    found = AuditEntry.objects.get(action="round.dispute").facts["differences"]
    assert found == [{"entry_id": entry.pk, "channel": "sms", "ballots": 1, "tally": 0}]
    with pytest.raises(RoundCannotMove):
        rounds.reveal(actor=acting(event.owner), public_id=event.public_id, number=1, now=now)


def test_a_closed_round_is_revealed_once(event: Event, now: datetime) -> None:
    close_round(open_round(plan(event, now), now), now)
    revealed = rounds.reveal(actor=acting(event.owner), public_id=event.public_id, number=1, now=now)
    assert (revealed.status, revealed.revealed_at) == (RoundStatus.REVEALED, now)
    with pytest.raises(RoundCannotMove):
        rounds.reveal(actor=acting(event.owner), public_id=event.public_id, number=1, now=now)


@pytest.mark.parametrize("status", RoundStatus)
@pytest.mark.parametrize(
    ("service", "leads_to"),
    [
        (rounds.open_round, {RoundStatus.OPEN}),
        (rounds.close_round, {RoundStatus.CLOSING, RoundStatus.CLOSED}),
        (rounds.reveal, {RoundStatus.REVEALED}),
    ],
)
def test_every_step_is_possible_from_where_the_table_says(
    event: Event, now: datetime, status: RoundStatus, service: Callable[..., Round], leads_to: set[RoundStatus]
) -> None:
    round_ = plan(event, now)
    if status != RoundStatus.PLANNED:
        open_round(round_, now)
        Round.objects.filter(pk=round_.pk).update(status=status)
    facts: dict[str, Any] = {"public_id": event.public_id, "number": 1, "now": now}
    if any(status in MOVES[to] for to in leads_to):
        assert service(actor=acting(event.owner), **facts).status in leads_to
    else:
        with pytest.raises(RoundCannotMove):
            service(actor=acting(event.owner), **facts)


@pytest.mark.parametrize("service", [rounds.open_round, rounds.close_round, rounds.reveal])
def test_rounds_are_moved_by_whoever_runs_the_event(
    event: Event, now: datetime, service: Callable[..., Round], fan: User, outsider: User
) -> None:
    plan(event, now)
    expected: list[tuple[User | None, type[Refusal]]] = [
        (None, AuthRequired),
        (fan, InsufficientScope),
        (outsider, NotFound),
    ]
    for user, refusal in expected:
        with pytest.raises(refusal):
            service(actor=acting(user), public_id=event.public_id, number=1, now=now)
    with pytest.raises(NotFound):
        service(actor=acting(event.owner), public_id=event.public_id, number=2, now=now)


def test_viewers_hear_of_every_move_after_its_commit(
    event: Event,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    marked: list[int] = []
    monkeypatch.setattr(relay, "mark", marked.append)
    round_ = plan(event, now)
    with django_capture_on_commit_callbacks(execute=True):
        open_round(round_, now)
        close_round(round_, now)
        assert marked == []
    assert marked == [event.pk] * 3


def test_the_clock_opens_and_closes_what_is_due(event: Event, now: datetime) -> None:
    times: RoundChanges = {"opens_at": now + MINUTE, "closes_at": now + 2 * MINUTE}
    round_ = plan(event, now, times)
    seen = []
    for seconds in (59, 60, 61, 119, 120, 121):
        rounds.move_by_clock(now=now + timedelta(seconds=seconds))
        round_.refresh_from_db()
        seen.append(str(round_.status))
    assert seen == ["planned", "open", "open", "open", "closed", "closed"]


def test_the_clock_hands_over_from_one_round_to_the_next_in_one_tick(event: Event, now: datetime) -> None:
    first = open_round(plan(event, now, {"closes_at": now + MINUTE}), now)
    second = plan(event, now, {"opens_at": now + MINUTE})
    assert rounds.move_by_clock(now=now + MINUTE) == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (RoundStatus.CLOSED, RoundStatus.OPEN)


def test_the_clock_waits_with_a_round_while_another_is_open_and_does_not_stop_for_it(
    event: Event, now: datetime
) -> None:
    open_round(plan(event, now), now)
    waiting = plan(event, now, {"opens_at": now})
    elsewhere = EventFactory.create(live=True)
    line_up(elsewhere, 1)
    other = RoundFactory.create(event=elsewhere, opens_at=now)
    assert rounds.move_by_clock(now=now) == 1
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.status, other.status) == (RoundStatus.PLANNED, RoundStatus.OPEN)


def test_the_clock_closes_the_round_of_an_event_that_is_no_longer_live(now: datetime) -> None:
    round_, _entries = opened()
    Event.objects.update(status=EventStatus.CANCELLED)
    assert rounds.move_by_clock(now=now) == 1
    round_.refresh_from_db()
    assert round_.status == RoundStatus.CLOSED


def test_the_clock_finishes_a_close_that_was_interrupted(now: datetime) -> None:
    round_, _entries = opened()
    rounds._stop(actor=platform(), round_=round_, now=now)  # and then the process was killed
    assert rounds.move_by_clock(now=now) == 1
    round_.refresh_from_db()
    assert round_.status == RoundStatus.CLOSED


def test_a_draft_goes_with_the_rounds_planned_for_it(organizer: User, now: datetime) -> None:
    draft = EventFactory.create(owner=organizer)
    chosen = line_up(draft, 2)[0].artist
    plan(draft, now, RoundChanges(artists=[chosen.public_id]))

    events.delete(actor=acting(organizer), public_id=draft.public_id, now=now)

    assert not Event.objects.filter(pk=draft.pk).exists()
