"""Mail from Django and allauth into the outbox, and from the outbox to a provider."""

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection, send_mail
from django.db import transaction
from django.utils import translation
from pytest_django import Settings

from config.lib.errors import Unavailable
from messaging import delivery
from messaging.content import Content, content_of
from messaging.email_backend import CannotBeQueued
from messaging.models import Address, Lane, Message, MessageState
from messaging.services.addresses import NotAMailAddress
from messaging.tests.factories import MailboxFactory, MessageFactory
from messaging.tests.mail_servers import ResendServer, SmtpServer, running


def sign_in_mail(**given: Any) -> EmailMultiAlternatives:
    fields = {"subject": "Sign in", "body": "https://fanfare.test/k/1", "from_email": "Fanfare <hello@fanfare.test>"}
    mail = EmailMultiAlternatives(**{"to": ["fay@example.test"], **fields, **given})
    mail.attach_alternative("<a href='https://fanfare.test/k/1'>Sign in</a>", "text/html")
    return mail


def hand_over(message: Message) -> Message:
    """The message after its lane was worked on."""
    delivery.deliver_batch(Lane(message.lane), now=datetime.now(UTC))
    message.refresh_from_db()
    return message


@pytest.fixture
def outbox(settings: Settings) -> None:
    """The backend of the settings, in place of the one Django's test runner puts there."""
    settings.EMAIL_BACKEND = "messaging.email_backend.OutboxBackend"


# --- In -----------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_mail_becomes_a_sealed_critical_row(outbox: None) -> None:
    mail = sign_in_mail(headers={"X-Reason": "sign-in"}, reply_to=["help@fanfare.test"])
    with translation.override("es"):
        assert mail.send() == 1
    message = Message.objects.select_related("address").get()
    assert (message.kind, message.purpose, message.lane, message.sealed) == ("account", "account", "critical", True)
    assert (message.state, message.language, message.address.value) == ("queued", "es", "fay@example.test")
    assert "fanfare.test/k" not in f"{message.text}{message.html}{message.subject}{message.headers}"
    content = content_of(message)
    assert (content.subject, content.text) == ("Sign in", "https://fanfare.test/k/1")
    assert content.html == "<a href='https://fanfare.test/k/1'>Sign in</a>"
    assert content.headers.pop("Message-ID")
    assert content.headers == {
        "From": "Fanfare <hello@fanfare.test>",
        "Reply-To": "help@fanfare.test",
        "X-Reason": "sign-in",
    }


@pytest.mark.django_db
def test_every_recipient_has_a_row_of_their_own(outbox: None) -> None:
    sign_in_mail(
        to=["Fay <fay@example.test>", "ben@example.test"], cc=["cc@example.test"], bcc=["b@example.test"]
    ).send()
    assert set(Message.objects.values_list("address__value", flat=True)) == {
        "fay@example.test",
        "ben@example.test",
        "cc@example.test",
        "b@example.test",
    }


@pytest.mark.django_db
def test_a_mail_handed_in_again_is_not_sent_again(outbox: None) -> None:
    mail = sign_in_mail(headers={"Message-ID": "<one@fanfare.test>"})
    mail.send()
    mail.send()
    assert Message.objects.count() == 1
    sign_in_mail().send()
    sign_in_mail().send()
    assert Message.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_a_change_that_is_rolled_back_was_never_sent(outbox: None) -> None:
    with transaction.atomic():
        send_mail("Welcome", "hello", None, ["fay@example.test"])
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_mail_to_nobody_is_no_mail(outbox: None) -> None:
    assert get_connection().send_messages([EmailMessage("Hi", "hello", to=[])]) == 0


@pytest.mark.django_db
def test_what_the_outbox_cannot_keep_is_refused(outbox: None) -> None:
    calendar = sign_in_mail()
    calendar.attach_alternative("BEGIN:VCALENDAR", "text/calendar")
    attachment = sign_in_mail()
    attachment.attach("ticket.txt", "A1", "text/plain")
    html_only = EmailMessage("Hi", "<b>hello</b>", to=["fay@example.test"])
    html_only.content_subtype = "html"
    for mail in (calendar, attachment, html_only):
        with pytest.raises(CannotBeQueued):
            mail.send()
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_mail_to_no_address_is_refused_by_name(outbox: None) -> None:
    with pytest.raises(NotAMailAddress):
        sign_in_mail(to=["nobody"]).send()
    assert not Address.objects.exists()


@pytest.mark.django_db
def test_without_a_provider_mail_is_not_offered(outbox: None, settings: Settings) -> None:
    settings.EMAIL_PROVIDER = ""
    with pytest.raises(Unavailable):
        sign_in_mail().send()


# --- Out ----------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_local_mailbox_keeps_what_it_took(outbox: None) -> None:
    sign_in_mail().send()
    message = hand_over(Message.objects.get())
    assert (message.state, message.provider) == (MessageState.SENT, "local_mailbox")
    assert content_of(message).text == "https://fanfare.test/k/1"


@pytest.fixture
def smtp(transactional_db: None, settings: Settings, _new_providers: None) -> Iterator[SmtpServer]:
    server = SmtpServer()
    settings.EMAIL_PROVIDER = "mail_backend"
    settings.EMAIL_PROVIDER_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
    with running(server):
        yield server


def a_mail(**given: Any) -> Message:
    fields = {"channel": "email", "address": MailboxFactory.create(), "sender": None, **given}
    message: Message = MessageFactory.create(**fields)
    return message


def test_a_mail_arrives_whole_and_its_sealed_content_is_blanked(outbox: None, smtp: SmtpServer) -> None:
    sign_in_mail(headers={"X-Reason": "sign-in"}).send()
    message = hand_over(Message.objects.get())
    assert (message.state, message.text) == (MessageState.SENT, "")
    (raw,) = smtp.mails
    mail = email.message_from_string(raw, policy=email.policy.default)
    assert (mail["From"], mail["To"]) == ("Fanfare <hello@fanfare.test>", "fay@example.test")
    assert (mail["Subject"], mail["X-Reason"]) == ("Sign in", "sign-in")
    bodies = [part.get_content().strip() for part in mail.iter_parts()]
    assert bodies == ["https://fanfare.test/k/1", "<a href='https://fanfare.test/k/1'>Sign in</a>"]


def test_several_recipients_of_one_mail_do_not_collide(outbox: None, smtp: SmtpServer) -> None:
    sign_in_mail(to=["fay@example.test", "ben@example.test"]).send()
    hand_over(Message.objects.order_by("id")[0])
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}
    assert len(smtp.mails) == 2


@pytest.mark.parametrize(
    ("replies", "state", "code"),
    [
        ({"RCPT": "550 No such mailbox"}, "failed", "550"),
        ({"RCPT": "450 Mailbox busy"}, "queued", "unavailable"),
        ({"MAIL": "553 Not you"}, "failed", "553"),
        ({"mail": "552 Too large"}, "failed", "552"),
        ({"mail": "451 Try later"}, "queued", "unavailable"),
        ({"mail": ""}, "uncertain", "no_answer"),
        ({"greeting": "554 No service"}, "queued", "unavailable"),
    ],
    ids=str,
)
def test_what_each_failure_of_smtp_leads_to(smtp: SmtpServer, replies: dict[str, str], state: str, code: str) -> None:
    smtp.replies = replies
    message = hand_over(a_mail())
    assert (message.state, message.error_code) == (state, code)


def test_a_server_that_is_not_there_is_tried_again(smtp: SmtpServer, settings: Settings) -> None:
    settings.EMAIL_PORT = 9
    assert hand_over(a_mail()).state == MessageState.QUEUED


@pytest.fixture
def resend(transactional_db: None, settings: Settings, _new_providers: None) -> Iterator[ResendServer]:
    server = ResendServer()
    settings.EMAIL_PROVIDER = "mail_backend"
    settings.EMAIL_PROVIDER_BACKEND = "anymail.backends.resend.EmailBackend"
    settings.ANYMAIL = {"RESEND_API_KEY": "re_test", "RESEND_API_URL": server.url}
    with running(server):
        yield server


def test_a_mail_through_anymail_learns_the_providers_id(resend: ResendServer) -> None:
    message = hand_over(
        a_mail(subject="Tonight", text="Doors at 8", html="<p>Doors at 8</p>", headers={"From": "hello@fanfare.test"})
    )
    assert (message.state, message.provider_id) == (MessageState.SENT, "resend-1")
    (told,) = resend.mails
    assert (told["subject"], told["text"], told["html"]) == ("Tonight", "Doors at 8", "<p>Doors at 8</p>")
    assert told["to"] == [message.address.value]


@pytest.mark.parametrize(
    ("how", "state", "code"),
    [
        (422, "failed", "refused"),
        (429, "queued", "unavailable"),
        (500, "queued", "unavailable"),
        ("cut", "uncertain", "no_answer"),
    ],
)
def test_what_each_failure_of_a_provider_leads_to(resend: ResendServer, how: int | str, state: str, code: str) -> None:
    resend.script.append(how)
    message = hand_over(a_mail(headers={"From": "hello@fanfare.test"}))
    assert (message.state, message.error_code) == (state, code)


def test_content_columns_of_an_open_mail_are_readable() -> None:
    assert Content("t", "s", "h", {"A": "1"}).columns(sealed=False) == {
        "text": "t",
        "subject": "s",
        "html": "h",
        "headers": {"A": "1"},
    }
