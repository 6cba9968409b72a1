"""Votes by text, through the signed webhook: every row of the table in api.md that is about voting."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from events.models import Attendee, AttendeeStatus, Event, EventStatus, InviteStatus
from events.tests.factories import AttendeeFactory, EventFactory, SlotFactory
from messaging.models import InboundMessage, Message, MessageState
from messaging.tests.texting import webhook
from voting import process
from voting.models import Ballot, BallotState, Round, RoundStatus
from voting.sms import source_of
from voting.tests.factories import opened
from voting.tests.night import Night, make_night

pytestmark = pytest.mark.usefixtures("transactional_db")


@pytest.fixture
def night(transactional_db: None) -> Night:
    night = make_night(artists=3)
    for slot, name in zip(night.event.lineup.order_by("ballot_number"), ["Ana", "The Bobs", "Cleo"], strict=True):
        slot.artist.name = name
        slot.artist.save()
    night.event.title = "Demo Night"
    night.event.save()
    return night


def text(night: Night, *bodies: str, attendee: int = 0, sids: list[str] | None = None) -> list[str]:
    """Text these one after the other from an attendee's phone; the words of the answers, "" for silence."""
    phone = night.attendees[attendee].phone
    assert phone
    return text_from(phone.value, *bodies, sids=sids)


def text_from(phone: str, *bodies: str, sids: list[str] | None = None) -> list[str]:
    async def conversation() -> list[str]:
        async with process.part(), webhook() as twilio:
            names = sids or [""] * len(bodies)
            texts = zip(bodies, names, strict=True)
            return [await twilio.text(body, phone=phone, sid=sid) or "" for body, sid in texts]

    return asyncio.run(conversation())


def kinds() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("body", "number"),
    [("1", 1), (" 2. ", 2), ("VOTE 3", 3), ("vote the bobs", 2), ("Cleo", 3), ("the bob", 2), ("the bobs!!", 2)],
)
def test_a_vote_is_counted_and_answered_with_its_receipt(night: Night, body: str, number: int) -> None:
    (answer,) = text(night, body)
    ballot = Ballot.objects.get()
    name = ["Ana", "The Bobs", "Cleo"][number - 1]
    assert answer == f"Your vote for {name} counts. Receipt: {ballot.receipt}"
    assert (ballot.state, ballot.channel, ballot.entry) == ("accepted", "sms", night.entries[number - 1])
    inbound = InboundMessage.objects.get()
    assert (bytes(ballot.source), ballot.received_at) == (source_of(inbound.pk), inbound.received_at)
    reply = Message.objects.get()
    assert (reply.kind, reply.text, reply.state) == ("vote_accepted", answer, MessageState.ANSWERED)
    assert (reply.reply_to, reply.topic) == (inbound, night.event.topic)


def test_a_second_vote_gets_the_receipt_of_the_first(night: Night) -> None:
    first, second = text(night, "1", "2")
    receipt = Ballot.objects.get(state=BallotState.ACCEPTED).receipt
    assert receipt in first
    assert second == f"You have voted in this round already, and that vote stands. Receipt: {receipt}"
    assert night.reasons() == ["DUPLICATE"]
    assert kinds() == ["vote_accepted", "vote_duplicate"]


def test_the_same_text_again_gets_the_same_answer_and_no_second_ballot(night: Night) -> None:
    first, again = text(night, "1", "1", sids=["SM1", "SM1"])
    assert first == again
    assert Ballot.objects.count() == Message.objects.count() == 1


def test_two_votes_of_one_phone_at_the_same_moment_are_one_vote(night: Night) -> None:
    phone = night.attendees[0].phone
    assert phone

    async def at_once() -> list[str | None]:
        async with process.part(), webhook() as twilio:
            return await asyncio.gather(*[twilio.text(str(1 + n % 3), phone=phone.value) for n in range(12)])

    answers = asyncio.run(at_once())
    assert night.accepted() == night.tallied() == 1
    receipt = Ballot.objects.get(state=BallotState.ACCEPTED).receipt
    assert sorted(kinds()) == ["vote_accepted"] + ["vote_duplicate"] * 11
    assert all(answer and receipt in answer for answer in answers)


def test_a_ballot_without_its_reply_does_not_exist(night: Night) -> None:
    """Neither is stored when the reply cannot be; the text can be sent again."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messaging_message ADD CONSTRAINT no_votes CHECK (kind <> 'vote_accepted')")
    try:
        with pytest.raises(AssertionError):
            text(night, "1", sids=["SM1"])
        assert Ballot.objects.count() == Message.objects.count() == night.tallied() == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE messaging_message DROP CONSTRAINT no_votes")
    (answer,) = text(night, "1", sids=["SM1"])
    assert answer.startswith("Your vote for Ana counts.")


def _pending(night: Night) -> None:
    Attendee.objects.update(status=AttendeeStatus.PENDING)


def _closed(night: Night) -> None:
    Round.objects.update(status=RoundStatus.CLOSED)


def _pending_and_closed(night: Night) -> None:
    _pending(night)
    _closed(night)


def _over(night: Night) -> None:
    Event.objects.update(status=EventStatus.CLOSED)


def _past_its_time(night: Night) -> None:
    Round.objects.update(closes_at=Round.objects.get().opened_at)


@pytest.mark.parametrize("body", ["1", "VOTE 1", "Ana"])
@pytest.mark.parametrize(
    ("before", "kind", "words"),
    [
        (_pending, "confirm_first", "Reply YES first"),
        (_pending_and_closed, "confirm_first", "Reply YES first"),
        (_closed, "round_closed", "Voting at Demo Night is closed"),
        (_over, "round_closed", "Voting at Demo Night is closed"),
        (_past_its_time, "round_closed", "Voting at Demo Night is closed"),
    ],
)
def test_a_vote_that_does_not_count_says_why(
    night: Night, before: Callable[[Night], None], kind: str, words: str, body: str
) -> None:
    before(night)
    (answer,) = text(night, body)
    assert answer.startswith(words)
    assert kinds() == [kind]
    assert night.accepted() == night.tallied() == 0


@pytest.mark.parametrize("body", ["9", "VOTE 9", "VOTE nobody", "VOTE"])
def test_an_unknown_artist_is_answered_with_the_ballot_and_kept(night: Night, body: str) -> None:
    (answer,) = text(night, body)
    assert answer == "Nobody in this round at Demo Night goes by that. Text a number: 1 Ana, 2 The Bobs, 3 Cleo"
    assert night.reasons() == ["ARTIST_NOT_IN_ROUND"]


def test_an_artist_who_is_not_in_this_round_is_told_apart_from_chatter(night: Night) -> None:
    SlotFactory.create(event=night.event, artist__name="Dora", ballot_number=8)
    gone = SlotFactory.create(
        event=night.event, artist__name="Emil", ballot_number=9, invite_status=InviteStatus.WITHDRAWN
    )
    assert gone
    text(night, "Dora", "Emil", "where is the bar")
    assert kinds() == ["artist_unknown", "help", "help"]


def test_a_long_ballot_is_told_by_its_numbers(night: Night) -> None:
    slot = night.event.lineup.get(ballot_number=2)
    slot.artist.name = "x" * 100
    slot.artist.save()
    (answer,) = text(night, "9")
    assert answer.endswith("Text a number: 1-3")


@pytest.mark.parametrize("body", ["1", "VOTE 1", "Ana"])
def test_a_phone_that_has_joined_nothing_gets_help(night: Night, body: str) -> None:
    text_from("+14155550999", body)
    assert kinds() == ["help"]


def test_who_left_does_not_vote(night: Night) -> None:
    Attendee.objects.update(status=AttendeeStatus.LEFT)
    text(night, "1")
    assert kinds() == ["help"]


def test_a_vote_is_for_the_event_the_phone_joined_last(night: Night, now: datetime) -> None:
    later = make_night(attendees=0)
    attendee = night.attendees[0]
    AttendeeFactory.create(event=later.event, phone=attendee.phone, joined_at=now + timedelta(minutes=1))
    text(night, "1")
    assert (night.accepted(), later.accepted()) == (0, 1)


def test_a_merged_phone_votes_as_the_one_it_was_merged_into(night: Night) -> None:
    younger, older = night.attendees[:2]
    Attendee.objects.filter(pk=younger.pk).update(status=AttendeeStatus.LEFT, merged_into=older)
    text(night, "1")
    assert Ballot.objects.get().attendee == older


def test_an_opted_out_phone_casts_nothing(night: Night) -> None:
    assert text(night, "STOP", "1")[1] == ""
    assert not Ballot.objects.exists()


def test_a_paused_outlet_still_counts_the_vote_and_keeps_silent(night: Night, settings: Settings) -> None:
    settings.SENDING_ENABLED = False
    assert text(night, "1") == [""]
    assert night.accepted() == 1
    assert Message.objects.get().state == MessageState.SKIPPED


def test_anyone_can_ask_whether_a_receipt_counts(night: Night) -> None:
    text(night, "1")
    ballot = Ballot.objects.get()
    at = f"{ballot.received_at:%H:%M}"
    (found,) = text_from("+14155550999", f"receipt {ballot.receipt.upper()}")
    assert found.startswith(f"Receipt {ballot.receipt}: this vote of {at}")
    assert found.endswith("is counted in round 1.")
    Ballot.objects.update(state=BallotState.QUARANTINED, reason="velocity")
    misread = ballot.receipt.replace("0", "O").replace("1", "l")
    not_counted, unknown, _help = text_from("+14155550999", f"RECEIPT {misread}", "RECEIPT 12345", "RECEIPT")
    assert not_counted.endswith("is not counted in round 1.")
    assert unknown.startswith("We know no such receipt.")
    assert kinds()[1:] == ["receipt_found", "receipt_found", "receipt_unknown", "help"]
    assert "Ana" not in found + not_counted


def test_answers_fit_one_segment(night: Night) -> None:
    """With a title of 30 characters and an artist of 40; a segment holds 160 (GSM 03.38)."""
    Event.objects.update(title="x" * 30)
    slot = night.event.lineup.get(ballot_number=1)
    slot.artist.name = "y" * 40
    slot.artist.save()
    answers = text(night, "1", "1", "9")
    _closed(night)
    answers += text(night, "1")
    assert [len(answer) <= 160 for answer in answers] == [True] * 4


def test_a_round_elsewhere_does_not_matter(night: Night) -> None:
    opened(EventFactory.create(live=True))
    text(night, "1")
    assert night.accepted() == 1


def test_an_invitation_to_another_event_leads_no_vote_away(night: Night) -> None:
    """Only who has joined is somewhere; being put on a list is no joining."""
    phone = night.attendees[0].phone
    AttendeeFactory.create(
        phone=phone, pending=True, joined_at=None, asked_at=None, event=EventFactory.create(live=True)
    )
    text(night, "1")
    assert Ballot.objects.get().state == BallotState.ACCEPTED
