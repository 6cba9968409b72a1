"""Messages and the audit in the console, as organizers see them: of their own events, with addresses masked."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEntry, User
from config.tests.fixtures import acting
from events.models import Event
from events.services.attendees import join_signed_in
from events.tests.factories import AttendeeFactory, EventFactory, PhoneFactory
from messaging.models import Channel, ConsentEvent, InboundMessage, Message, Sender
from messaging.tests.factories import InboundFactory, MailboxFactory, MessageFactory

pytestmark = pytest.mark.django_db
SENT = reverse("admin:messaging_message_changelist")
RECEIVED = reverse("admin:messaging_inboundmessage_changelist")
AUDIT = reverse("admin:accounts_auditentry_changelist")


@pytest.fixture
def event(organizer: User) -> Event:
    return EventFactory.create(owner=organizer, published=True)


@pytest.fixture
def desk(client: Client, organizer: User) -> Client:
    client.force_login(organizer)
    return client


def body(answer: Any) -> str:
    return str(answer.content.decode())


def one(row: Message | InboundMessage | AuditEntry | Sender) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_what_was_sent_about_their_events_and_nothing_else(desk: Client, event: Event) -> None:
    ours = MessageFactory.create(topic=event.topic, kind="join_ask", text="Reply YES")
    theirs = MessageFactory.create(topic=EventFactory.create().topic, kind="nudge")
    account = MessageFactory.create(kind="account")

    listed = desk.get(SENT)

    assert [row.pk for row in listed.context["cl"].result_list] == [ours.pk]
    assert "Reply YES" in body(desk.get(one(ours)))
    assert [desk.get(one(row)).status_code for row in (theirs, account)] == [404, 404]


def test_addresses_are_masked_and_cannot_be_searched(desk: Client, event: Event) -> None:
    phone = PhoneFactory.create(value="+14155550042")
    text = MessageFactory.create(topic=event.topic, address=phone)
    mail = MessageFactory.create(
        topic=event.topic, channel=Channel.EMAIL, address=MailboxFactory.create(value="fay@example.test")
    )
    shown = body(desk.get(SENT)) + body(desk.get(one(text))) + body(desk.get(one(mail)))

    assert "+14155550042" not in shown
    assert "fay@example.test" not in shown
    assert "42" in shown
    assert desk.get(SENT, {"q": "+14155550042"}).context["cl"].result_count == 2  # as for any word: nothing is searched
    assert text.purpose_key not in shown


def test_texts_that_were_answered_about_their_events(desk: Client, event: Event) -> None:
    ours, theirs, nobodys = InboundFactory.create_batch(3, text="hello there")
    MessageFactory.create(topic=event.topic, reply_to=ours, kind="join_ask")
    MessageFactory.create(topic=EventFactory.create().topic, reply_to=theirs, kind="join_ask")

    listed = desk.get(RECEIVED)

    assert [row.pk for row in listed.context["cl"].result_list] == [ours.pk]
    assert "hello there" in body(listed)
    assert ours.address.value not in body(listed) + body(desk.get(one(ours)))
    assert [desk.get(one(row)).status_code for row in (theirs, nobodys)] == [404, 404]


def test_organizers_see_numbers_in_use_and_not_how_they_are_set_up(desk: Client) -> None:
    ours = Sender.objects.create(channel=Channel.SMS, value="+12025550100", messaging_service="MG4711")
    off = Sender.objects.create(channel=Channel.SMS, value="+12025550101", active=False)

    assert "MG4711" not in body(desk.get(one(ours)))
    assert desk.get(one(off)).status_code == 404


def test_the_audit_of_their_events_without_where_it_came_from(
    desk: Client, organizer: User, event: Event, outsider: User
) -> None:
    desk.post(reverse("admin:events_event_step", args=[event.pk, "cancel"]), REMOTE_ADDR="203.0.113.7")
    desk.force_login(outsider)
    theirs = EventFactory.create(owner=outsider, published=True)
    desk.post(reverse("admin:events_event_step", args=[theirs.pk, "cancel"]))
    first, second = AuditEntry.objects.order_by("pk")

    desk.force_login(organizer)
    listed = desk.get(AUDIT)

    assert [row.pk for row in listed.context["cl"].result_list] == [first.pk]
    assert "203.0.113.7" not in body(listed) + body(desk.get(one(first)))
    assert desk.get(one(second)).status_code == 404


def test_a_fans_own_link_is_shown_to_nobody(desk: Client, admin_user: User, event: Event, settings: Any) -> None:
    """Whoever reads the code of a personal link could join, vote or choose for its fan."""
    link = f"{settings.PUBLIC_URL}/v/GH4711code~x/"
    inbound = InboundFactory.create(text=f"what is {link}?")
    told = MessageFactory.create(
        topic=event.topic,
        kind="join_confirmed",
        reply_to=inbound,
        text=f"You are in! Text a number or tap {link}\n1 Ana",
    )
    pages = [one(told), RECEIVED, one(inbound)]

    shown = [body(desk.get(page)) for page in pages]
    desk.force_login(admin_user)
    shown += [body(desk.get(page)) for page in pages]

    assert not any("GH4711" in page for page in shown)
    assert all("You are in!" in shown[number] and "1 Ana" in shown[number] for number in (0, 3))


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        (SENT, "text__contains"),
        (SENT, "text__startswith"),
        (SENT, "purpose_key__startswith"),
        (SENT, "state__regex"),
        (RECEIVED, "text"),
        (AUDIT, "facts__contains"),
    ],
)
def test_nobody_finds_out_by_filters_what_is_not_shown(desk: Client, event: Event, page: str, asked: str) -> None:
    """Django would answer about any column: who got which link, whose vote was for whom."""
    answer = MessageFactory.create(topic=event.topic, kind="vote_accepted", text="Your vote for Ana counts.")

    assert desk.get(page, {asked: answer.text}).status_code == 400


def test_lists_are_still_filtered_by_what_they_offer(desk: Client, event: Event) -> None:
    sent = MessageFactory.create(topic=event.topic, state="sent")
    MessageFactory.create(topic=event.topic, state="queued")

    listed = desk.get(SENT, {"state__exact": "sent", "channel__exact": "sms"})

    assert [row.pk for row in listed.context["cl"].result_list] == [sent.pk]


def test_the_audit_tells_nobody_the_address_of_a_fan(desk: Client, event: Event, fan: User) -> None:
    User.objects.filter(pk=fan.pk).update(name="")
    fan.refresh_from_db()
    attendee = join_signed_in(actor=acting(fan), public_id=event.public_id, now=event.starts_at)
    entry = AuditEntry.objects.get(subject_id=attendee.public_id)

    pages = [AUDIT, one(entry), reverse("admin:events_attendee_history", args=[attendee.pk])]

    assert [page for page in pages if fan.email in body(desk.get(page))] == []


@pytest.mark.parametrize("address", [SENT, RECEIVED, AUDIT])
def test_lists_take_the_same_queries_for_one_and_for_three(
    desk: Client, event: Event, address: str, django_assert_num_queries: Any
) -> None:
    def more() -> None:
        inbound = InboundFactory.create()
        MessageFactory.create(topic=event.topic, reply_to=inbound)
        AuditEntry.objects.create(
            at=inbound.received_at, action="event.edit", subject_type="events.event", subject_id=event.public_id
        )

    queries = 3 if address == SENT else 4  # who asks, how many, rows; the texts' answers, the names in the audit
    more()
    with django_assert_num_queries(queries):
        desk.get(address)
    more()
    more()
    with django_assert_num_queries(queries):
        desk.get(address)


def test_a_message_says_what_it_is_for_and_leads_to_its_event_and_its_attendee(desk: Client, event: Event) -> None:
    person = AttendeeFactory.create(event=event)
    message = MessageFactory.create(topic=event.topic, kind="join_ask", state="queued", address=person.phone)

    page, listed = body(desk.get(one(message))), body(desk.get(SENT))

    assert "Joining: asked to confirm" in page
    assert "Joining: asked to confirm" in listed
    assert "join_ask" not in page
    assert "&#x27;queued&#x27;" not in page
    assert "Queued" in page
    assert reverse("admin:events_event_change", args=[event.pk]) in page
    assert reverse("admin:events_attendee_change", args=[person.pk]) in page


def test_a_message_about_nothing_leads_nowhere(desk: Client, admin_user: User) -> None:
    desk.force_login(admin_user)

    assert "console-link" not in body(desk.get(one(MessageFactory.create(kind="account", topic="festival:1"))))


def test_the_messages_about_one_event(desk: Client, organizer: User, event: Event) -> None:
    ours = MessageFactory.create(topic=event.topic)
    MessageFactory.create(topic=EventFactory.create(owner=organizer).topic)

    listed = desk.get(SENT, {"topic": event.topic})

    assert [row.pk for row in listed.context["cl"].result_list] == [ours.pk]


def test_an_event_leads_to_its_people_its_rounds_and_its_messages(desk: Client, event: Event) -> None:
    lists = desk.get(reverse("admin:events_event_change", args=[event.pk])).context["head"].lists

    assert [place.label for place in lists] == ["Attendees", "Rounds", "Messages"]
    assert [desk.get(place.href).status_code for place in lists] == [200, 200, 200]


def test_the_audit_says_in_words_what_was_done_to_what(
    desk: Client, organizer: User, event: Event, now: datetime
) -> None:
    entry = audit.record(actor=acting(organizer), action="event.create", subject=event, now=now)

    page = body(desk.get(one(entry)))

    assert "Event created" in page
    assert "event.create" not in page
    link = reverse("admin:events_event_change", args=[event.public_id])
    assert link in page
    assert desk.get(link).status_code == 200
    assert desk.get(reverse("admin:events_event_change", args=[EventFactory.create().public_id])).status_code == 404


def test_an_empty_list_says_what_will_stand_there(desk: Client) -> None:
    assert "Whatever is sent to people stands here" in body(desk.get(SENT))
    assert "Nothing is like this" in body(desk.get(SENT, {"topic": "event:0"}))


def test_what_is_added_from_a_filtered_list_begins_with_its_filter(desk: Client, event: Event) -> None:
    add = reverse("admin:events_attendee_add")

    page = desk.get(add, {"_changelist_filters": f"event={event.pk}&q=somebody"})

    assert str(page.context["adminform"].form["event"].value()) == str(event.pk)


def test_the_audit_calls_things_by_their_names(desk: Client, organizer: User, event: Event, now: datetime) -> None:
    person = AttendeeFactory.create(event=event, phone__value="+14155550142")
    entry = audit.record(actor=acting(organizer), action="attendee.invite", subject=person, now=now)

    listed, alone = body(desk.get(AUDIT)), body(desk.get(one(entry)))

    assert "Attendee · +1 ••• 42<" in listed
    assert "Attendee · +1 ••• 42<" in alone
    assert person.public_id not in listed.replace(f"/attendee/{person.public_id}/", "")


def test_the_audit_tells_facts_in_words(desk: Client, organizer: User, event: Event, now: datetime) -> None:
    facts = {"event": event.public_id, "number": 7, "changed": ["ends_at", "vote_config"]}
    entry = audit.record(actor=acting(organizer), action="event.edit", subject=event, now=now, **facts)

    page = body(desk.get(one(entry)))

    assert "Number: 7<br>Changed: ends at, vote rules<br>" in page


def test_what_is_only_read_leaves_out_what_is_empty(desk: Client, event: Event) -> None:
    message = MessageFactory.create(topic=event.topic, state="queued", sent_at=None)

    shown = desk.get(one(message)).context["adminform"].fieldsets[0][1]["fields"]

    assert "created_at" in shown
    assert "sent_at" not in shown


def test_a_consent_is_told_in_words(client: Client, admin_user: User, event: Event) -> None:
    client.force_login(admin_user)
    person = AttendeeFactory.create(event=event)
    said = ConsentEvent.objects.create(
        address=person.phone, decision="granted", purpose="event", topic=event.topic, source="sms", at=event.starts_at
    )

    page = body(client.get(reverse("admin:messaging_consentevent_change", args=[said.pk])))

    assert "Agreed: Messages about an event" in page
    assert event.title in page
    assert event.topic not in page


def test_what_the_gate_said_is_told_in_words(client: Client, admin_user: User, event: Event) -> None:
    client.force_login(admin_user)
    said = [{"asked": "plan", "at": "2026-10-11T20:38:19+00:00", "outcome": "skip", "rules": 1, "reason": "opted_out"}]
    message = MessageFactory.create(topic=event.topic, state="skipped", decisions=said)

    assert "Not to be sent. They replied STOP.<br>" in body(client.get(one(message)))
