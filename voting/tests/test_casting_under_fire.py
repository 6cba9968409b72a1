"""Casting from several boxes at once: accepted is what is stored is what is tallied. Each guard is also taken away."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from datetime import datetime
from itertools import count

import pytest
from django.db import connection, transaction
from psycopg import errors

from accounts.actors import platform
from config.lib.errors import Refusal, Unavailable
from config.tests.live_server import eventually
from messaging.models import InboundMessage, Message
from messaging.tests.factories import InboundFactory
from voting import ballot_box, texts
from voting.models import Ballot, BallotState, Round, RoundStatus
from voting.recount import differences
from voting.services import rounds
from voting.tests.booths import Booth, Gate, in_thread
from voting.tests.guards import without_constraints
from voting.tests.night import Night, make_night
from voting.vote import Outcome, Replies, RoundClosed, Verdict, Vote

pytestmark = pytest.mark.usefixtures("transactional_db")

NewBooth = Callable[[], Booth]


@pytest.fixture
def night(transactional_db: None) -> Night:
    return make_night(attendees=20)


def close(night: Night) -> Round:
    event = night.event
    return rounds.close_round(
        actor=platform(), public_id=event.public_id, number=night.round.number, now=datetime.now().astimezone()
    )


def receipts(outcomes: list[Outcome], verdict: Verdict) -> list[str]:
    return [outcome.receipt for outcome in outcomes if outcome.verdict is verdict]


def test_one_attendee_from_fifty_tasks_at_once_has_one_vote(night: Night, booth: NewBooth) -> None:
    booths = [booth(), booth()]
    futures = [booths[n % 2].cast(night.vote(entry=n % 3)) for n in range(50)]
    outcomes = [future.result(60) for future in futures]
    (receipt,) = receipts(outcomes, Verdict.ACCEPTED)
    assert set(receipts(outcomes, Verdict.DUPLICATE)) == {receipt}
    assert night.accepted() == night.tallied() == 1


@pytest.fixture
def _no_unique_constraint(transactional_db: None) -> Iterator[None]:
    with without_constraints(Ballot, "ballot_one_standing_per_attendee"):
        yield


@pytest.mark.usefixtures("_no_unique_constraint")
def test_without_the_unique_constraint_fifty_tasks_are_more_votes(night: Night, booth: NewBooth) -> None:
    """The control of the test above."""
    booths = [booth(), booth()]
    wait([booths[n % 2].cast(night.vote(entry=n % 3)) for n in range(50)], 60)
    assert night.accepted() > 1


def test_whatever_was_accepted_is_stored_and_tallied(
    night: Night, booth: NewBooth, caplog: pytest.LogCaptureFixture
) -> None:
    dice = random.Random(1)
    booths, sources = [booth() for _ in range(3)], [dice.randbytes(32) for _ in range(30)]
    futures = []
    for _ in range(600):
        vote = night.vote(attendee=dice.randrange(20), entry=dice.randrange(3), channel=dice.choice(["api", "sms"]))
        if dice.random() < 0.2:  # repeats of a source, which stays its attendee's
            attendee = dice.randrange(20)
            vote = night.vote(attendee=attendee, source=sources[attendee])
        futures.append(dice.choice(booths).cast(vote))
    outcomes = [future.result(60) for future in futures]
    accepted = receipts(outcomes, Verdict.ACCEPTED)
    stored = Ballot.objects.filter(state=BallotState.ACCEPTED).values_list("receipt", flat=True)
    assert sorted(accepted) == sorted(stored)
    assert len(accepted) == night.tallied() == 20
    assert set(receipts(outcomes, Verdict.DUPLICATE)) <= set(accepted)
    assert differences(night.round) == []
    assert "ballot_box.again" not in caplog.text  # rows in one order everywhere: no deadlocks to begin with


def test_a_close_waits_for_the_batch_in_flight(night: Night, booth: NewBooth, gate: Gate) -> None:
    vote = booth().cast(night.vote())
    gate.wait_for(1)
    with in_thread(lambda: close(night)):
        gate.wait_for_lock()
        gate.open()
    assert vote.result(60).verdict is Verdict.ACCEPTED
    night.round.refresh_from_db()
    assert night.round.status == RoundStatus.CLOSED
    assert night.accepted() == night.tallied() == 1


def test_without_the_lock_a_vote_lands_after_the_close(
    night: Night, booth: NewBooth, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: the round is closed and counted, and then there is one vote more."""
    monkeypatch.setattr(ballot_box, "_LOCK", "SELECT %(patience)s, %(space)s, %(keys)s")
    vote = booth().cast(night.vote())
    gate.wait_for(1)
    close(night)
    assert (Round.objects.get().status, night.accepted()) == (RoundStatus.CLOSED, 0)
    gate.open()
    assert vote.result(60).verdict is Verdict.ACCEPTED
    assert night.accepted() == 1


def _cast_while_closing(night: Night, booth: NewBooth, gate: Gate) -> Outcome:
    """A batch comes while a close holds the lock, and goes on once the close is committed."""
    with transaction.atomic():
        ballot_box.hold_still(night.round.pk)
        vote = booth().cast(night.vote())
        gate.wait_for_lock()
        Round.objects.update(status=RoundStatus.CLOSING)
    return vote.result(60)


def test_a_batch_that_waited_for_a_close_sees_it(night: Night, booth: NewBooth, gate: Gate) -> None:
    gate.open()
    assert _cast_while_closing(night, booth, gate).refusal is RoundClosed
    assert night.accepted() == night.tallied() == 0


def test_lock_and_check_in_one_statement_count_a_vote_after_the_close(
    night: Night, booth: NewBooth, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: the statement's snapshot is older than its lock."""
    together = ballot_box._OUTCOMES.replace(
        "WITH vote AS (",
        f"""WITH lock AS MATERIALIZED (
            SELECT pg_advisory_xact_lock_shared({ballot_box._LOCK_SPACE}, {ballot_box._lock_key(night.round.pk)})
        ), vote AS (""",
    ).replace("FROM vote\n", "FROM vote CROSS JOIN (SELECT count(*) FROM lock) AS locked\n")
    monkeypatch.setattr(ballot_box, "_OUTCOMES", together)
    monkeypatch.setattr(ballot_box, "_LOCK", "SELECT %(patience)s, %(space)s, %(keys)s")
    gate.open()
    assert _cast_while_closing(night, booth, gate).verdict is Verdict.ACCEPTED
    assert night.accepted() == 1


def test_a_close_under_fire_is_exact(booth: NewBooth) -> None:
    """Four boxes cast before, during and after the close; the count at the close is the count for ever."""
    fired, booths = make_night(attendees=400), [booth() for _ in range(4)]

    def fire(attendees: range) -> list[Future[Outcome]]:
        return [booths[n % 4].cast(fired.vote(attendee=n, entry=n % 3)) for n in attendees]

    futures = fire(range(200))
    eventually(lambda: fired.accepted() > 0, what="the first vote")
    with in_thread(lambda: close(fired)):
        futures += fire(range(200, 380))
    counted = fired.accepted()
    futures += fire(range(380, 400))
    outcomes = [future.result(60) for future in futures]
    assert fired.accepted() == fired.tallied() == counted == len(receipts(outcomes, Verdict.ACCEPTED))
    assert {outcome.refusal for outcome in outcomes if outcome.verdict is Verdict.REFUSED} == {RoundClosed}
    fired.round.refresh_from_db()
    assert fired.round.status == RoundStatus.CLOSED


def test_two_closes_at_once_are_one(night: Night, gate: Gate, booth: NewBooth) -> None:
    booth().cast(night.vote())
    gate.wait_for(1)
    refused: list[Exception] = []

    def closing() -> None:
        try:
            close(night)
        except Refusal as refusal:
            refused.append(refusal)

    with in_thread(closing), in_thread(closing):
        gate.wait_for_lock(2)
        gate.open()
    assert [type(refusal).__name__ for refusal in refused] == ["RoundCannotMove"]
    assert Round.objects.get().status == RoundStatus.CLOSED


def _text_vote(night: Night, inbound: InboundMessage) -> Vote:
    phone = night.attendees[0].phone
    assert phone
    answers = texts.answers("en", event="Night", artist="Ana", ballot=[])
    replies = Replies(
        inbound_id=inbound.pk,
        address_id=phone.pk,
        sender_id=inbound.sender_id,
        topic="",
        language="en",
        decision='{"outcome": "allow"}',
        answers=answers,
    )
    return night.vote(channel="sms", replies=replies)


def test_a_vote_that_met_another_of_the_same_attendee_is_a_duplicate_with_its_receipt_and_reply(
    night: Night, booth: NewBooth, gate: Gate
) -> None:
    """The statement cannot see the ballot it ran into; the next pass does, and only then is the reply stored."""
    first, second = (
        _text_vote(night, text) for text in InboundFactory.create_batch(2, address=night.attendees[0].phone)
    )
    futures = [booth().cast(first)]
    gate.wait_for(1)
    futures.append(booth().cast(second))
    gate.wait_for_lock()
    gate.open()
    one, two = (future.result(60) for future in futures)
    assert (one.verdict, two.verdict, two.receipt) == (Verdict.ACCEPTED, Verdict.DUPLICATE, first.receipt)
    kinds = dict(Message.objects.values_list("kind", "text"))
    assert kinds.keys() == {"vote_accepted", "vote_duplicate"}
    assert first.receipt in kinds["vote_duplicate"]
    assert two.reply is not None
    assert two.reply.text == kinds["vote_duplicate"]


def test_a_connection_that_dies_in_the_middle_costs_nothing_but_time(night: Night, booth: NewBooth, gate: Gate) -> None:
    here, votes = booth(), [night.vote(attendee=n) for n in range(5)]
    futures = [here.cast(vote) for vote in votes]
    gate.wait_for(1)
    gate.kill_waiting()
    gate.open()
    results = [future.exception(5) or future.result() for future in futures]
    lost = [vote for vote, result in zip(votes, results, strict=True) if isinstance(result, Unavailable)]
    assert lost
    outcomes = [here.cast(vote).result(60) for vote in lost]
    assert {outcome.verdict for outcome in outcomes} == {Verdict.ACCEPTED}
    assert night.accepted() == night.tallied() == 5


@pytest.mark.parametrize(
    ("failures", "verdict"), [(ballot_box.ATTEMPTS - 1, Verdict.ACCEPTED), (ballot_box.ATTEMPTS, None)]
)
def test_a_deadlock_is_tried_again_a_few_times(
    night: Night, monkeypatch: pytest.MonkeyPatch, failures: int, verdict: Verdict | None
) -> None:
    attempts, real = count(), ballot_box._store_together

    async def deadlocked(*arguments: object) -> object:
        if next(attempts) < failures:
            raise errors.DeadlockDetected
        return await real(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(ballot_box, "_store_together", deadlocked)
    if verdict is None:
        with pytest.raises(Unavailable):
            ballot_box.cast_sync([night.vote()])
    else:
        assert ballot_box.cast_sync([night.vote()])[0].verdict is verdict
    assert night.accepted() == (verdict is not None)


def test_a_batch_does_not_wait_for_ever(
    night: Night, booth: NewBooth, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds the round's lock and does not let go: the votes are not known to be stored, and say so."""
    monkeypatch.setattr(ballot_box, "_LOCK_PATIENCE", "50ms")
    gate.open()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_lock(%s, %s)", [ballot_box._LOCK_SPACE, ballot_box._lock_key(night.round.pk)]
        )
        assert isinstance(booth().cast(night.vote()).exception(5), Unavailable)
        cursor.execute("SELECT pg_advisory_unlock_all()")
    assert booth().cast(night.vote()).result(60).verdict is Verdict.ACCEPTED
