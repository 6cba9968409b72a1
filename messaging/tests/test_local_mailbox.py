"""`/dev/mail/`: the mails the local mailbox was given, as their readers see them."""

from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from messaging import delivery
from messaging.content import Content
from messaging.models import Channel, Lane, Message, MessageState
from messaging.tests.factories import MailboxFactory, MessageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("messaging.tests.development_urls")]

HTML = '<html><head lang="en"><title>x</title></head><body><a href="https://fanfare.test/k/1">In</a></body></html>'


def kept(**fields: Any) -> Message:
    """A mail the local mailbox has."""
    content = Content("Hello", fields.pop("subject", "Hi"), fields.pop("html", ""), {"From": "Fanfare <us@x.test>"})
    given = {"channel": Channel.EMAIL, "sealed": True, "state": MessageState.SENT, "provider": "local_mailbox"}
    return MessageFactory.create(
        **{"address": MailboxFactory.create(), "sender": None, **content.columns(sealed=True), **given, **fields}
    )


def page(client: Client, path: str = "/dev/mail/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_an_account_is_there_once_it_is_sent_and_its_links_work(client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "messaging.email_backend.OutboxBackend"
    settings.EMAIL_PROVIDER = "local_mailbox"
    mail = EmailMultiAlternatives("Sign in", "Here:\n\nhttps://fanfare.test/k/1", "us@x.test", ["fay@example.test"])
    mail.attach_alternative(HTML, "text/html")
    mail.send()
    assert "No mail yet" in page(client)
    delivery.deliver_batch(Lane.CRITICAL, now=datetime.now(UTC))
    message = Message.objects.get()
    assert f'href="/dev/mail/{message.public_id}/"' in page(client)
    shown = page(client, f"/dev/mail/{message.public_id}/")
    for words in ("Sign in", "fay@example.test", "us@x.test", "Message-ID", "Here:\n\n"):
        assert words in shown
    assert '<a href="https://fanfare.test/k/1"' in shown
    assert f'src="/dev/mail/{message.public_id}/html/"' in shown


def test_a_mail_without_html_has_no_frame(client: Client) -> None:
    mail = kept()
    assert "<iframe" not in page(client, f"/dev/mail/{mail.public_id}/")
    assert client.get(f"/dev/mail/{mail.public_id}/html/").status_code == 404


class TestTheFrame:
    def test_only_the_html_part_may_be_framed_and_it_may_do_nothing(self, client: Client) -> None:
        mail = kept(html=HTML)
        part = client.get(f"/dev/mail/{mail.public_id}/html/")
        assert part["X-Frame-Options"] == "SAMEORIGIN"
        policy = part["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
        assert "script-src" not in policy
        for path in ("/dev/mail/", f"/dev/mail/{mail.public_id}/", "/dev/phone/"):
            response = client.get(path)
            assert response["X-Frame-Options"] == "DENY"
            assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
            assert ("frame-src 'self'" in response["Content-Security-Policy"]) == (mail.public_id in path)

    @pytest.mark.parametrize(
        ("html", "shown"),
        [
            (HTML, '<head lang="en"><base target="_blank"><title>'),
            ("<p>Hi</p>", '<base target="_blank"><p>Hi</p>'),
            ("<header>Hi</header>", '<base target="_blank"><header>'),
        ],
    )
    def test_links_open_outside_of_it(self, client: Client, html: str, shown: str) -> None:
        assert shown in client.get(f"/dev/mail/{kept(html=html).public_id}/html/").content.decode()


def test_what_other_providers_took_is_not_shown(client: Client) -> None:
    elsewhere = kept(provider="mail_backend", subject="Elsewhere")
    waiting = kept(provider="", state=MessageState.QUEUED, subject="Waiting")
    text = MessageFactory.create(provider="local_mailbox", text="a text")
    assert "No mail yet" in page(client)
    for message in (elsewhere, waiting, text):
        assert client.get(f"/dev/mail/{message.public_id}/").status_code == 404
        assert client.get(f"/dev/mail/{message.public_id}/html/").status_code == 404


def test_what_was_blanked_or_sealed_by_another_ring_says_so(client: Client) -> None:
    blanked, lost = kept(text=""), kept(text="of another ring")
    assert "(no subject)" in page(client, f"/dev/mail/{blanked.public_id}/")
    assert "no longer in the ring" in page(client, f"/dev/mail/{lost.public_id}/")


class TestTheList:
    def test_the_newest_first_page_by_page(self, client: Client) -> None:
        for number in range(23):
            kept(subject=f"Mail {number}.", address=MailboxFactory.create(value=f"fan{number}@list.test"))
        first = page(client)
        assert first.index("Mail 22.") < first.index("Mail 3.")
        assert "Mail 2." not in first
        older = first.split('rel="next" href="')[1].split('"')[0]
        second = page(client, older)
        assert ("Mail 3." in second, "Mail 2." in second, "Mail 0." in second) == (False, True, True)
        assert client.get("/dev/mail/?cursor=nonsense&to=fan")["Location"] == "/dev/mail/?to=fan"

    def test_it_is_searched_by_recipient(self, client: Client) -> None:
        for name in ("fay", "ben"):
            kept(subject=f"For {name}", address=MailboxFactory.create(value=f"{name}@example.test"))
        shown = page(client, "/dev/mail/?to=FAY@")
        assert ("For fay" in shown, "For ben" in shown) == (True, False)
        assert "No mail to anybody like that" in page(client, "/dev/mail/?to=nobody")

    @pytest.mark.parametrize("number", [1, 3])
    def test_in_one_query(self, client: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        for _mail in range(number):
            kept()
        with django_assert_num_queries(1):
            client.get("/dev/mail/")

    @pytest.mark.parametrize("path", ["/dev/mail/", "/dev/mail/x/", "/dev/mail/x/html/"])
    def test_wrong_verbs(self, client: Client, path: str) -> None:
        assert client.post(path).status_code == 405
