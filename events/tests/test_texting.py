"""Joining, confirming and leaving by text: events' rows of the SMS table in api.md, through the signed webhook."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import AuditEntry
from events import journeys, links
from events.models import Attendee, AttendeeStatus, Event
from events.tests.factories import AttendeeFactory, EventFactory, SenderFactory, SlotFactory
from messaging.models import Address, ConsentEvent, Message
from messaging.tests.texting import Webhook, new_sid

FAN = "+14155550123"


async def make_event(**fields: Any) -> Event:
    event: Event = await sync_to_async(EventFactory.create)(**{"join_keyword": "NIGHT42", "live": True} | fields)
    return event


async def known(event: Event, **fields: Any) -> Attendee:
    """FAN at the event already."""
    phone, _made = await Address.objects.aget_or_create(channel="sms", value=FAN)
    attendee: Attendee = await sync_to_async(AttendeeFactory.create)(event=event, phone=phone, **fields)
    return attendee


async def kinds() -> list[str]:
    return [kind async for kind in Message.objects.order_by("pk").values_list("kind", flat=True)]


async def statuses() -> list[str]:
    return [status async for status in Attendee.objects.order_by("pk").values_list("status", flat=True)]


@pytest.mark.parametrize(
    "text", ["JOIN NIGHT42", "join night42!", "night42", "Join  Night 42", "JOIN night42 please", "«night42»"]
)
@pytest.mark.parametrize("status", ["published", "live"])
async def test_the_keyword_asks_to_confirm(phones: Webhook, text: str, status: str) -> None:
    event = await make_event(title="Night of Noise", **{"live": False, status: True})
    said = await phones.text(text, phone=FAN)
    assert said is not None
    attendee = await Attendee.objects.select_related("event", "phone").aget()
    assert (attendee.event_id, attendee.phone and attendee.phone.value) == (event.pk, FAN)
    assert (attendee.status, attendee.source, attendee.confirmed_at) == ("pending", "sms", None)
    assert said.startswith("Night of Noise: reply YES to join")
    assert links.confirm_link(attendee) in said
    assert "STOP" in said
    assert "HELP" in said
    assert await kinds() == ["join_ask"]
    assert (await Message.objects.aget()).topic == f"event:{event.pk}"


async def test_the_whole_journey(phones: Webhook) -> None:
    event = await make_event(title="Night of Noise")
    for name in ("Ana", "Bo"):
        await sync_to_async(SlotFactory.create)(event=event, artist__name=name)
    await phones.text("JOIN NIGHT42", phone=FAN)
    assert (
        await phones.text("JOIN NIGHT42", phone=FAN) == "Reply YES first to join Night of Noise. Then your votes count."
    )
    welcome = await phones.text("Yes!", phone=FAN)
    assert welcome is not None
    assert welcome.startswith("You are in at Night of Noise!")
    assert "1 Ana, 2 Bo" in welcome
    already = await phones.text("NIGHT42", phone=FAN)
    assert already is not None
    assert already.startswith("You are in at Night of Noise already.")
    left = await phones.text("LEAVE night42", phone=FAN)
    assert left is not None
    assert left.startswith("You have left Night of Noise")
    again = await phones.text("JOIN NIGHT42", phone=FAN)
    assert again is not None
    assert "reply YES" in again
    assert await kinds() == ["join_ask", "confirm_first", "join_confirmed", "join_already", "leave_done", "join_ask"]
    assert await statuses() == ["pending"]
    agreed = [row async for row in ConsentEvent.objects.order_by("pk").values_list("decision", "topic", "source")]
    assert agreed == [("granted", f"event:{event.pk}", "sms"), ("withdrawn", f"event:{event.pk}", "sms")]
    granted = await ConsentEvent.objects.select_related("inbound").aget(decision="granted")
    assert (granted.text_version, granted.inbound and granted.inbound.text) == ("join_ask.1", "Yes!")
    actions = [action async for action in AuditEntry.objects.order_by("pk").values_list("action", "channel")]
    assert actions == [(f"attendee.{did}", "sms") for did in ("join", "confirm", "leave", "join")]


@pytest.mark.parametrize("trait", [{"live": False}, {"closed": True}, {"archived": True}, {"cancelled": True}])
async def test_what_cannot_be_joined_is_unknown(phones: Webhook, trait: dict[str, bool]) -> None:
    await make_event(**{"live": False} | trait)
    said = await phones.text("JOIN NIGHT42", phone=FAN)
    assert said == "We do not know NIGHT42. Check the word on the poster and text JOIN with it."
    assert await kinds() == ["join_unknown"]
    assert not await Attendee.objects.aexists()


async def test_a_slip_of_the_finger_gets_the_nearest_public_keyword_of_this_number(phones: Webhook) -> None:
    await make_event()
    await make_event(join_keyword="NIGTH43", access="private")
    await make_event(join_keyword="NIGTH44", sender=await sync_to_async(SenderFactory.create)())
    said = await phones.text("JOIN nigth42", phone=FAN)
    assert said == "We do not know NIGTH42. Did you mean NIGHT42? Text JOIN NIGHT42 to join."
    far = await phones.text("JOIN breakfast", phone=FAN)
    assert far is not None
    assert "Did you mean" not in far


async def test_a_word_that_is_no_keyword_is_not_ours(phones: Webhook) -> None:
    await make_event()
    for text in ("nigth42", "YES", "JOIN", "LEAVE", "LEAVE NIGHT42"):
        await phones.text(text, phone=f"+1415555{len(text):04d}")
    assert set(await kinds()) == {"help"}


async def test_the_question_is_asked_once_a_day(phones: Webhook) -> None:
    event = await make_event(ends_at=datetime.now(UTC) + timedelta(days=3))
    asked = datetime.now(UTC) - timedelta(hours=23)
    await known(event, pending=True, joined_at=asked)
    await phones.text("JOIN NIGHT42", phone=FAN)
    await Attendee.objects.aupdate(asked_at=asked - timedelta(hours=2))
    await phones.text("JOIN NIGHT42", phone=FAN)
    assert await kinds() == ["confirm_first", "join_ask"]


async def test_yes_confirms_the_newest_of_several(phones: Webhook) -> None:
    first, second = await make_event(join_keyword="FIRST"), await make_event(join_keyword="SECOND")
    for keyword in ("FIRST", "SECOND", "FIRST"):  # the last one joined is meant
        await phones.text(keyword, phone=FAN)
    await phones.text("YES", phone=FAN)
    assert (await Attendee.objects.aget(event=first)).status == AttendeeStatus.CONFIRMED
    assert (await Attendee.objects.aget(event=second)).status == AttendeeStatus.PENDING
    await phones.text("YES", phone=FAN)
    assert await statuses() == ["confirmed", "confirmed"]


async def test_yes_to_what_is_over_is_not_a_yes(phones: Webhook) -> None:
    await known(await make_event(live=False, closed=True), pending=True)
    await phones.text("YES", phone=FAN)
    assert (await kinds(), await statuses()) == (["help"], ["pending"])


async def test_a_repeated_yes_confirms_one_event(phones: Webhook) -> None:
    """The same MessageSid, at the same time and later: one effect, one reply."""
    await make_event(join_keyword="FIRST")
    await make_event(join_keyword="SECOND")
    for keyword in ("FIRST", "SECOND"):
        await phones.text(keyword, phone=FAN)
    sid = new_sid()
    said = await asyncio.gather(*(phones.text("YES", phone=FAN, sid=sid) for _time in range(4)))
    said.append(await phones.text("YES", phone=FAN, sid=sid))
    assert len(set(said)) == 1
    assert sorted(await statuses()) == ["confirmed", "pending"]


async def test_a_number_of_its_own_has_keywords_of_its_own(phones: Webhook) -> None:
    other = await sync_to_async(SenderFactory.create)()
    await make_event(title="Ours")
    await make_event(title="Theirs", sender=other)
    said = await phones.text("JOIN NIGHT42", phone=FAN, to=other.value)
    assert said is not None
    assert said.startswith("Theirs:")


@pytest.mark.parametrize(("access", "kind"), [("hybrid", "join_invited"), ("private", "join_unknown")])
async def test_who_is_not_on_the_list_cannot_join(phones: Webhook, access: str, kind: str) -> None:
    event = await make_event(access=access, title="Secret Show")
    said = await phones.text("JOIN NIGHT42", phone=FAN)
    assert said is not None
    assert ("Secret Show" in said) == (access == "hybrid")
    assert "Did you mean" not in said
    assert (await kinds(), await Attendee.objects.acount()) == ([kind], 0)
    await known(event, pending=True, asked_at=None, source="import")
    await phones.text("JOIN NIGHT42", phone=FAN)
    assert (await kinds())[-1] == "join_ask"


async def test_stop_is_not_undone_by_joining(phones: Webhook) -> None:
    await make_event()
    await phones.text("STOP", phone=FAN)
    assert await phones.text("JOIN NIGHT42", phone=FAN) is None
    assert not await Attendee.objects.aexists()
    await phones.text("YES", phone=FAN)  # this YES only undoes the STOP
    assert await phones.text("JOIN NIGHT42", phone=FAN)


async def test_leaving_works_for_what_is_over_and_for_the_one_joined_last(phones: Webhook) -> None:
    past = await make_event(live=False, closed=True, title="Past")
    await known(past, joined_at=datetime.now(UTC) - timedelta(days=1))
    present = await make_event(title="Present")
    await known(present)
    assert await phones.text("LEAVE NIGHT42", phone=FAN)
    assert (await Attendee.objects.aget(event=present)).status == AttendeeStatus.LEFT
    assert (await Attendee.objects.aget(event=past)).status == AttendeeStatus.CONFIRMED
    await phones.text("LEAVE NIGHT42", phone=FAN)
    assert await kinds() == ["leave_done", "leave_done"]
    assert await ConsentEvent.objects.acount() == 1


@pytest.mark.parametrize(
    ("phone", "text"),
    [("+34600000001", "unirme NIGHT42"), ("+33600000001", "rejoindre night42"), (FAN, "join NIGHT42")],
)
async def test_verbs_are_understood_in_the_fans_language(phones: Webhook, phone: str, text: str) -> None:
    await make_event()
    await phones.text(text, phone=phone)
    assert await kinds() == ["join_ask"]


async def test_the_welcome_carries_the_vote_link_of_whoever_offers_one(
    phones: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journeys, "_vote_links", [lambda attendee: f"https://vote.test/{attendee.public_id}"])
    attendee = await known(await make_event(), pending=True)
    said = await phones.text("YES", phone=FAN)
    assert said is not None
    assert said.endswith(f"text a number or tap https://vote.test/{attendee.public_id}")


async def test_texts_fit_one_segment_with_a_long_title_and_line_up(phones: Webhook) -> None:
    event = await make_event(title="The Longest Night Of All The Long Nights Of This Year", slug="long")
    for number in range(8):
        await sync_to_async(SlotFactory.create)(event=event, artist__name=f"A Rather Long Name {number}")
    for text in ("JOIN NIGHT42", "JOIN NIGHT42", "YES", "JOIN NIGHT42", "LEAVE NIGHT42", "JOIN BREAKFASTCLUB"):
        said = await phones.text(text, phone=FAN)
        assert said is not None
        limit = 306 if "/c/" in said else 160  # the question also holds the whole personal link: two segments
        assert len(said) <= limit, (text, len(said), said)
        assert said.isascii()


async def test_a_failure_after_the_effect_takes_the_effect_back(
    phones: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between effect and reply, nothing of either is stored, and the repeat does both."""
    await make_event()
    sid = new_sid()
    with monkeypatch.context() as broken:
        broken.setattr("messaging.services.replies.answer", _killed)
        answer = await phones.post({"MessageSid": sid, "From": FAN, "To": "+12025550100", "Body": "JOIN NIGHT42"})
        assert answer.status == 500
    assert not await Attendee.objects.aexists()
    assert await phones.text("JOIN NIGHT42", phone=FAN, sid=sid)
    assert (await kinds(), await statuses()) == (["join_ask"], ["pending"])


def _killed(**_arguments: Any) -> None:
    raise RuntimeError("killed here")
