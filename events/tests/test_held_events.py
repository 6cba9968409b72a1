"""A night that moderation holds cannot be joined, confirmed or looked at by its links; what people were told of it stays."""

from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.urls import reverse

from accounts.models import User
from config.tests.fixtures import acting
from events.links import confirm_code
from events.models import Attendee, Event
from events.services.attendees import EventNotJoinable, NightNotShown, attendee_of_code, confirm, join_signed_in
from events.tests.factories import AttendeeFactory, EventFactory, EventStaffFactory
from messaging.models import Message
from messaging.tests.texting import Webhook

FAN = "+14155550123"
NOW = datetime.now(UTC)


async def make_event(**fields: Any) -> Event:
    event: Event = await sync_to_async(EventFactory.create)(
        join_keyword="NIGHT42", live=True, title="Night of Noise", held_at=NOW, **fields
    )
    return event


@pytest.mark.parametrize("text", ["JOIN NIGHT42", "JOIN NIGTH42"])
async def test_its_keyword_is_unknown_and_suggested_to_nobody(phones: Webhook, text: str) -> None:
    await make_event()
    said = await phones.text(text, phone=FAN)
    assert said is not None
    assert "Noise" not in said
    assert "NIGHT42" not in said.replace(text.removeprefix("JOIN "), "")
    assert [kind async for kind in Message.objects.values_list("kind", flat=True)] == ["join_unknown"]
    assert not await Attendee.objects.aexists()


async def test_leaving_works_and_does_not_name_it(phones: Webhook) -> None:
    event = await make_event()
    phone = (await sync_to_async(AttendeeFactory.create)(event=event)).phone
    assert phone
    said = await phones.text("LEAVE NIGHT42", phone=phone.value)
    assert said
    assert "Noise" not in said
    assert (await Attendee.objects.aget()).status == "left"


@pytest.mark.django_db
class TestLinks:
    def test_personal_links_say_that_it_is_not_shown(self, client: Client) -> None:
        attendee = AttendeeFactory.create(event=EventFactory.create(live=True, title="Night of Noise", held_at=NOW))
        code = confirm_code(attendee)
        with pytest.raises(NightNotShown):
            attendee_of_code(code=code, now=NOW)
        response = client.get(reverse("event-pages:confirm", args=[code]))
        assert response.status_code == 404
        assert "Noise" not in response.content.decode()

    def test_its_owner_sees_it_and_nobody_joins_it(self, organizer: User, client: Client) -> None:
        event = EventFactory.create(live=True, owner=organizer, held_at=NOW)
        client.force_login(organizer)
        assert client.get(reverse("event-pages:event", args=[event.slug])).status_code == 200
        with pytest.raises(EventNotJoinable):
            join_signed_in(actor=acting(organizer), public_id=event.public_id, now=NOW)

    def test_a_question_from_before_is_not_answered_yes(self) -> None:
        attendee = AttendeeFactory.create(pending=True, event=EventFactory.create(live=True, held_at=NOW))
        with pytest.raises(NightNotShown):
            confirm(actor=acting(None), code=confirm_code(attendee), now=NOW)
        assert not Attendee.objects.waiting_for_yes().exists()

    @pytest.mark.parametrize(("role", "status"), [("manager", 200), ("door", 404), ("moderator", 404)])
    def test_of_the_staff_managers_alone_see_it(self, client: Client, fan: User, role: str, status: int) -> None:
        event = EventFactory.create(live=True, held_at=NOW)
        EventStaffFactory.create(event=event, user=fan, role=role)
        client.force_login(fan)
        assert client.get(reverse("event-pages:event", args=[event.slug])).status_code == status
