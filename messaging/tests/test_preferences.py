"""The page behind the personal link `/p/<token>/`, and the choices made on it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.actors import Actor, Via
from accounts.models import AuditEntry
from config.lib.errors import NotFound
from config.tests.reading import main_of
from messaging import topics
from messaging.facts import gate_facts
from messaging.gate import decide
from messaging.links import preferences_link, preferences_token
from messaging.models import (
    Address,
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    Message,
    OptOut,
    Purpose,
    Sender,
)
from messaging.preferences import masked, preferences_of
from messaging.services import consent, own_words, preferences
from messaging.tests.factories import InboundFactory, MailboxFactory, MessageFactory, PhoneFactory, SenderFactory
from messaging.topics import Topic

pytestmark = pytest.mark.django_db

ACTOR = Actor(via=Via.PAGE, address="192.0.2.7", user_agent="a browser")
NIGHT = "night:1"


@pytest.fixture(autouse=True)
def nights(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Topics of an upper app: nights 1 to 8 are still to come, the others over."""

    def describe(keys: Any) -> dict[str, Topic]:
        return {key: Topic(f"Night <{key}>", "Fri 20 Nov", f"/nights/{key}/") for key in keys if int(key) < 9}

    with monkeypatch.context() as patch:
        patch.setitem(topics._describe, "night", describe)
        yield


@pytest.fixture
def sender() -> Sender:
    return SenderFactory.create()


@pytest.fixture
def phone(sender: Sender) -> Address:
    """Somebody who agreed to hear about a night."""
    address: Address = PhoneFactory.create(value="+14155550134")
    agree(address, sender=sender)
    return address


@pytest.fixture
def mailbox() -> Address:
    address: Address = MailboxFactory.create(value="robin@example.test")
    agree(address)
    return address


def agree(address: Address, topic: str = NIGHT, sender: Sender | None = None) -> None:
    said(address, ConsentDecision.GRANTED, topic, sender)


def said(address: Address, decision: ConsentDecision, topic: str, sender: Sender | None = None) -> None:
    consent.record(
        address=address,
        sender=sender,
        decision=decision,
        purpose=ConsentPurpose.EVENT,
        topic=topic,
        source=ConsentSource.WEB,
        now=datetime.now(UTC),
    )


def token(address: Address) -> str:
    return preferences_token(address.pk, now=datetime.now(UTC))


def path(address: Address) -> str:
    return f"/p/{token(address)}/"


def is_sent(address: Address, sender: Sender | None, topic: str = NIGHT, purpose: Purpose = Purpose.EVENT) -> bool:
    """Whether the gate would let a message about the topic through."""
    message = MessageFactory.build(
        address=address, sender=sender, topic=topic, purpose=purpose, channel=Channel(address.channel)
    )
    (facts,) = gate_facts([message], now=datetime.now(UTC))
    return decide(facts).allows


def evidence() -> list[tuple[str, str, str, str]]:
    """What was recorded on the page, in order."""
    rows = ConsentEvent.objects.filter(source=ConsentSource.PREFERENCES).order_by("pk")
    return list(rows.values_list("decision", "purpose", "topic", "text_version"))


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


# --- The page -------------------------------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_is_nobody_elses_business(client: Client, phone: Address) -> None:
    before = ConsentEvent.objects.count()
    for look in (client.get, client.head):
        assert look(path(phone)).status_code == 200
    page = client.get(path(phone))
    assert page["Referrer-Policy"] == "strict-origin"
    assert page["X-Robots-Tag"] == "noindex"
    assert "no-store" in page["Cache-Control"]
    assert (ConsentEvent.objects.count(), OptOut.objects.count(), actions()) == (before, 0, [])
    assert "sessionid" not in client.cookies


def test_it_shows_the_address_to_its_owner_alone_and_what_it_is_sent(client: Client, phone: Address) -> None:
    page = main_of(client.get(path(phone)))
    assert "+1 ••• 34" in page
    assert phone.value not in page
    assert "4155550134" not in page
    assert "Texts from +1 202-555-0100" in page
    assert "Night &lt;1&gt;" in page
    assert 'href="/nights/1/"' in page


@pytest.mark.parametrize(
    ("channel", "value", "shown"),
    [
        ("sms", "+14155550134", "+1 ••• 34"),
        ("sms", "+34600111222", "+34 ••• 22"),
        ("email", "a.b@c.test", "a•••@c.test"),
    ],
)
def test_an_address_is_masked(channel: str, value: str, shown: str) -> None:
    assert masked(Address(channel=channel, value=value)) == shown


def test_an_address_nobody_wrote_to_is_taught_what_will_be_here(client: Client) -> None:
    assert "We have not written to this address yet" in main_of(client.get(path(PhoneFactory.create())))


def test_topics_that_bring_nothing_any_more_are_not_shown(phone: Address, sender: Sender) -> None:
    agree(phone, "night:9", sender)
    agree(phone, "unknown:1", sender)
    agree(phone, "night:2", sender)
    said(phone, ConsentDecision.WITHDRAWN, "night:2", sender)
    (stream,) = preferences_of(phone).streams
    assert [choice.topic for choice in stream.topics] == [NIGHT]


@pytest.mark.parametrize("items", [1, 3])
def test_as_many_queries_for_three_as_for_one(
    client: Client, phone: Address, items: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(2, 2 + items):
        other = SenderFactory.create(value=f"+1202555020{number}")
        agree(phone, f"night:{number}", other)
        consent.opt_out(address=phone, sender=other, source=ConsentSource.SMS, now=datetime.now(UTC))
    with django_assert_num_queries(5):
        client.get(path(phone))


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_a_link_that_does_not_work_says_what_to_do(client: Client, phone: Address, language: str) -> None:
    for verb in (client.get, client.post):
        for wrong in ("nonsense", "%00", "é", "A" * 400, token(phone)[:-2] + "AA"):
            response = verb(f"/p/{wrong}/", headers={"accept-language": language})
            assert response.status_code == 403
            assert 'href="/accounts/login/"' in main_of(response)
            assert response["Referrer-Policy"] == "strict-origin"
        old = path(phone)
        with time_machine.travel(datetime.now(UTC) + timedelta(days=367)):
            assert verb(old, headers={"accept-language": language}).status_code == 410
    gone = PhoneFactory.create()
    its_path = path(gone)
    gone.delete()
    assert client.get(its_path).status_code == 403


def test_a_link_works_for_a_year_and_is_the_same_all_day(phone: Address) -> None:
    morning = datetime(2026, 3, 1, 0, 1, tzinfo=UTC)
    link = preferences_link(phone.pk, now=morning)
    assert link == preferences_link(phone.pk, now=morning + timedelta(hours=23))
    named = link.rstrip("/").rpartition("/")[2]
    assert preferences.address_of_token(token=named, now=morning + timedelta(days=365)) == phone
    with pytest.raises(preferences.PreferencesLinkExpired):
        preferences.address_of_token(token=named, now=morning + timedelta(days=366))


# --- Choices --------------------------------------------------------------------------------------------------------------


def test_everything_from_a_number_stops_and_starts_again(client: Client, phone: Address, sender: Sender) -> None:
    for _time in range(2):
        response = client.post(path(phone), {"stop": sender.public_id}, follow=True)
        assert response.redirect_chain == [(path(phone), 302)]
        assert "Nothing comes from this number" in main_of(response)
    assert phone.opt_outs.filter(sender=sender).exists()
    assert not is_sent(phone, sender)
    for _time in range(2):
        client.post(path(phone), {"start": sender.public_id})
    assert is_sent(phone, sender)
    recorded = ConsentEvent.objects.filter(source=ConsentSource.PREFERENCES).order_by("pk")
    assert [(row.decision, row.purpose, row.sender) for row in recorded] == [
        ("withdrawn", "all", sender),
        ("granted", "all", sender),
    ]
    assert actions() == ["address.stop", "address.start"]
    entry = AuditEntry.objects.order_by("pk")[0]
    assert (entry.subject_id, entry.channel, entry.person.address) == (phone.public_id, "page", "127.0.0.1")
    assert phone.value not in str(entry.facts)


def test_another_numbers_texts_go_on(client: Client, phone: Address, sender: Sender) -> None:
    other = SenderFactory.create(value="+12025550199")
    agree(phone, "night:2", other)
    client.post(path(phone), {"stop": other.public_id})
    assert is_sent(phone, sender)
    assert not is_sent(phone, other, "night:2")


@pytest.mark.parametrize(
    ("provider_answers", "opt_out_type", "only_by_text"),
    [(False, "", False), (True, "", True), (False, "STOP", True), (True, "STOP", True)],
)
def test_a_stop_by_text_is_lifted_by_the_page_only_where_no_provider_keeps_it(
    client: Client, phone: Address, provider_answers: bool, opt_out_type: str, only_by_text: bool, now: datetime
) -> None:
    sender = Sender.objects.get()
    Sender.objects.update(provider_answers_stop=provider_answers)
    text = InboundFactory.create(text="STOP", address=phone, sender=sender, opt_out_type=opt_out_type)
    heard: Any = type("Heard", (), {"id": text.pk, "address_id": phone.pk, "sender_id": sender.pk, "language": "en"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("messaging.services.replies._inbound", lambda _inbound: text)
        own_words.stop(inbound=heard, provider_answers=provider_answers, now=now)
    page = main_of(client.get(path(phone)))
    assert ("Text START to +1 202-555-0100" in page) == only_by_text
    assert ('name="start"' in page) != only_by_text
    response = client.post(path(phone), {"start": sender.public_id})
    assert response.status_code == (409 if only_by_text else 302)
    assert phone.opt_outs.filter(sender=sender).exists() == only_by_text
    if only_by_text:
        assert "Only texting START brings them back" in main_of(response)


def test_a_stop_by_text_after_one_on_the_page_is_the_providers_too(
    phone: Address, sender: Sender, now: datetime
) -> None:
    Sender.objects.update(provider_answers_stop=True)
    preferences.stop(actor=ACTOR, token=token(phone), what=sender.public_id, now=now)
    (stream,) = preferences_of(phone).streams
    assert not stream.only_by_text
    MessageFactory.create(
        address=phone, sender=sender, kind="stop_again", purpose=Purpose.REPLY, created_at=now + timedelta(seconds=1)
    )
    (stream,) = preferences_of(phone).streams
    assert stream.only_by_text


def test_what_the_provider_reported_is_lifted_by_text_alone(phone: Address, sender: Sender, now: datetime) -> None:
    consent.opt_out(address=phone, sender=sender, source=ConsentSource.PROVIDER, now=now)
    with pytest.raises(preferences.OnlyByText):
        preferences.start(actor=ACTOR, token=token(phone), what=sender.public_id, now=now)
    consent.opt_in(address=phone, sender=sender, source=ConsentSource.SMS, now=now)
    consent.opt_out(address=phone, sender=sender, source=ConsentSource.PREFERENCES, now=now + timedelta(seconds=1))
    (stream,) = preferences_of(phone).streams
    assert not stream.only_by_text, "the report before the last START is history"


def test_one_topic_stops_and_starts_again(client: Client, phone: Address, sender: Sender) -> None:
    agree(phone, "night:2", sender)
    for _time in range(2):
        response = client.post(path(phone), {"mute": NIGHT}, follow=True)
        assert "Send me this again" in main_of(response)
    assert not is_sent(phone, sender)
    assert is_sent(phone, sender, "night:2")
    for _time in range(2):
        client.post(path(phone), {"unmute": NIGHT})
    assert is_sent(phone, sender)
    assert evidence() == [
        ("withdrawn", "event", NIGHT, "preferences.1"),
        ("granted", "event", NIGHT, "preferences.1"),
    ]
    assert actions() == ["address.mute", "address.unmute"]


@pytest.mark.parametrize("choice", ["mute", "unmute"])
@pytest.mark.parametrize("topic", ["night:2", "night:3", "night:9", "", "x"])
def test_nothing_is_agreed_to_that_was_not_before(
    client: Client, phone: Address, sender: Sender, choice: str, topic: str
) -> None:
    agree(phone, "night:3", sender)
    said(phone, ConsentDecision.WITHDRAWN, "night:3", sender)  # left by text
    agree(phone, "night:9", sender)  # over
    response = client.post(path(phone), {choice: topic})
    assert response.status_code == 404
    assert evidence() == []


def test_all_mail_but_the_accounts_stops_and_starts_again(client: Client, mailbox: Address) -> None:
    assert is_sent(mailbox, None)
    for _time in range(2):
        response = client.post(path(mailbox), {"stop": ""}, follow=True)
        assert "Only mail about your account comes" in main_of(response)
    assert not is_sent(mailbox, None)
    assert not is_sent(mailbox, None, "night:2")
    assert not is_sent(mailbox, None, "", Purpose.MARKETING)
    assert is_sent(mailbox, None, "", Purpose.ACCOUNT)
    for _time in range(2):
        client.post(path(mailbox), {"start": ""})
    assert is_sent(mailbox, None)
    assert not is_sent(mailbox, None, "", Purpose.MARKETING)
    assert [row[:3] for row in evidence()] == [
        ("withdrawn", "event", ""),
        ("withdrawn", "marketing", ""),
        ("granted", "event", ""),
    ]


def test_what_was_joined_after_all_mail_stopped_is_shown_and_can_be_muted(client: Client, mailbox: Address) -> None:
    client.post(path(mailbox), {"stop": ""})
    agree(mailbox, "night:2")
    assert is_sent(mailbox, None, "night:2")
    page = main_of(client.get(path(mailbox)))
    assert "Night &lt;2&gt;" in page
    assert "Night &lt;1&gt;" not in page
    client.post(path(mailbox), {"mute": "night:2"})
    assert not is_sent(mailbox, None, "night:2")


def test_the_language_of_the_messages_is_chosen(client: Client, phone: Address) -> None:
    for _time in range(2):
        client.post(path(phone), {"speak": "fr"})
    phone.refresh_from_db()
    assert phone.language == "fr"
    assert actions() == ["address.speak"]
    assert client.post(path(phone), {"speak": "xx"}).status_code == 404


@pytest.mark.parametrize("service", [preferences.stop, preferences.start])
def test_a_sender_or_a_channel_that_is_not_theirs_is_not_found(phone: Address, service: Any, now: datetime) -> None:
    stranger = SenderFactory.create(value="+12025550177")
    for what in (stranger.public_id, "nonsense", ""):
        with pytest.raises(NotFound):
            service(actor=ACTOR, token=token(phone), what=what, now=now)
    assert not OptOut.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"nonsense": "1"}, {"stop": "x", "start": "x"}])
def test_a_form_that_cannot_be_read_is_refused(client: Client, phone: Address, sent: dict[str, str]) -> None:
    response = client.post(path(phone), sent)
    assert response.status_code == 400
    assert 'role="alert"' in main_of(response)


@pytest.mark.parametrize(("origin", "status"), [("https://fans.example", 302), ("null", 403)])
def test_the_buttons_work_with_what_browsers_send(phone: Address, settings: Settings, origin: str, status: int) -> None:
    settings.ALLOWED_HOSTS = ["fans.example"]
    browser = Client(enforce_csrf_checks=True, headers={"host": "fans.example"})
    page = browser.get(path(phone), secure=True).content.decode()
    secret = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
    sent = {"csrfmiddlewaretoken": secret, "speak": "es"}
    assert browser.post(path(phone), sent, secure=True, headers={"origin": origin}).status_code == status


def test_other_verbs_are_405(client: Client, phone: Address) -> None:
    assert client.put(path(phone)).status_code == 405


def test_the_token_is_in_no_log_line(client: Client, phone: Address, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        client.get(path(phone))
        client.post(path(phone), {"speak": "es"})
        client.put(path(phone))
    assert "messaging:preferences" in caplog.text
    assert token(phone) not in caplog.text
    assert token(phone) not in str(list(AuditEntry.objects.values())) + str(list(Message.objects.values()))
