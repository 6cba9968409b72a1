"""`/dev/phone/`: texts through the signed webhook of the running server, and what the phones show."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from config.tests.live_server import LiveSite, free_port
from messaging.content import Content
from messaging.models import InboundMessage, MessageState
from messaging.tests.factories import PLATFORM_NUMBER, InboundFactory, MessageFactory, PhoneFactory, SenderFactory

pytestmark = pytest.mark.urls("messaging.tests.development_urls")

Texts = Callable[..., Any]

FAN, FRIEND = "+447700900101", "+447700900177"
NOW = datetime(2026, 11, 20, 20, 12, tzinfo=UTC)


def address(*phones: str, number: str = PLATFORM_NUMBER, path: str = "/dev/phone/") -> str:
    return f"{path}?{urlencode([*(('phone', phone) for phone in phones), ('number', number)])}"


def words(response: Any) -> str:
    return unescape(response.content.decode())


def bubbles(page: str) -> int:
    return page.count('class="bubble')


class TestSending:
    """Through a real server, as the page does it."""

    @pytest.fixture
    def text(self, live_site: LiveSite, settings: Settings, client: Client) -> Texts:
        """Sends the form as if the page had come from the running server."""
        settings.PUBLIC_URL = live_site.url

        def send(path: str, phone: str, text: str, **headers: str) -> Any:
            data = {"phone": phone, "text": text}
            return client.post(path, data, SERVER_PORT=str(live_site.port), headers=headers)

        return send

    def test_a_text_is_stored_and_answered_by_the_webhook(self, text: Texts, client: Client) -> None:
        response = text(address(FAN, FRIEND), FAN, "help me, 1 < 2")
        assert (response.status_code, response["Location"]) == (302, f"{address(FAN, FRIEND)}#phone-447700900101")
        stored = InboundMessage.objects.select_related("address", "sender").get()
        assert (stored.address.value, stored.text, stored.raw["To"]) == (FAN, "help me, 1 < 2", PLATFORM_NUMBER)
        page = words(client.get(address(FAN, FRIEND)))
        assert "help me, 1 < 2" in page
        assert "STOP ends. Your texts: " in page
        assert "Answered · 1 segment" in page
        assert bubbles(page) == 2

    def test_silence_is_told(self, text: Texts, client: Client) -> None:
        for said in ("STOP", "hello"):
            text(address(FAN), FAN, said)
        page = words(client.get(address(FAN)))
        assert page.count("No reply") == 1
        assert "hello" in page

    def test_what_is_not_signed_for_this_address_is_refused_and_kept(self, text: Texts, settings: Settings) -> None:
        settings.PUBLIC_URL = "https://elsewhere.example"
        response = text(address(FAN, FRIEND), FRIEND, "I want in")
        page = words(response)
        assert response.status_code == 403
        assert page.count("The webhook refused this text with 403: This request was not signed") == 1
        assert page.count('value="I want in"') == 1  # in the field of that phone, and nobody else's
        assert not InboundMessage.objects.exists()

    def test_a_refusal_speaks_the_visitors_language(self, text: Texts, settings: Settings) -> None:
        settings.PUBLIC_URL = "https://elsewhere.example"
        response = text(address(FAN), FAN, "1", **{"Accept-Language": "fr"})
        assert "This request was not signed" not in words(response)
        assert ": Cette " in words(response)


class _Away(http.server.BaseHTTPRequestHandler):
    """A webhook whose database is away."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(503)
        self.end_headers()
        self.wfile.write(json.dumps({"error": {"message": "Try again in a moment."}}).encode())

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def away() -> Iterator[int]:
    """The port of a server that answers every text with 503."""
    server = http.server.HTTPServer(("127.0.0.1", 0), _Away)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db
class TestTheDesk:
    def test_it_begins_with_three_phones_and_a_suggestion_of_a_fourth(self, client: Client) -> None:
        page = words(client.get("/dev/phone/"))
        assert page.count('class="phone"') == 3
        assert 'value="+447700900103"' in page
        assert page.count("Nothing yet.") == 3
        assert page.count('name="text" value="JOIN DEMO"') == 3
        assert "+1\u00a0202-555-0100" in page

    def test_the_answers_of_a_webhook_in_trouble_are_told(self, client: Client, away: int) -> None:
        response = client.post(address(FAN), {"phone": FAN, "text": "1"}, SERVER_PORT=str(away))
        assert response.status_code == 503
        assert "The webhook refused this text with 503: Try again in a moment." in words(response)

    def test_no_answer_at_all_is_told(self, client: Client) -> None:
        response = client.post(address(FAN), {"phone": FAN, "text": "1"}, SERVER_PORT=str(free_port()))
        assert response.status_code == 502
        assert "The webhook did not answer (ConnectionError). Nothing was sent." in words(response)

    @pytest.mark.parametrize(
        ("phone", "text"), [(FAN, ""), (FAN, "x" * 1601), (FRIEND, "from a phone that is not on the desk"), ("", "hi")]
    )
    def test_what_cannot_be_a_text_is_not_sent(self, client: Client, phone: str, text: str) -> None:
        assert client.post(address(FAN), {"phone": phone, "text": text}).status_code == 422

    def test_a_phone_is_put_on_the_desk_and_away(self, client: Client) -> None:
        response = client.get(address(FAN) + "&add=%2B44+7700+900177")
        assert response["Location"] == address(FAN, FRIEND)
        page = words(client.get(address(FAN, FRIEND)))
        assert f'href="{address(FRIEND)}"' in page
        assert f'href="{address(FAN)}"' in page
        assert client.get(address(FAN) + "&add=%2B447700900101")["Location"] == address(FAN)

    @pytest.mark.parametrize("number", ["", "07700 900177", "+44", "hello"])
    def test_a_number_without_its_country_is_told(self, client: Client, number: str) -> None:
        response = client.get(address(FAN) + "&" + urlencode({"add": number}))
        assert response.status_code == 200
        assert 'aria-invalid="true"' in words(response)

    def test_a_full_desk_takes_no_more(self, client: Client) -> None:
        phones = [f"+44770090020{number}" for number in range(9)]
        page = words(client.get(address(*phones)))
        assert page.count('class="phone"') == 8
        assert "no room for another phone" in page
        full = address(*phones[:8])
        assert client.get(f"{full}&add=%2B447700900177")["Location"] == full

    def test_what_cannot_be_read_in_the_address_is_left_out(self, client: Client) -> None:
        page = words(client.get(address("nonsense", FAN, FAN, "+44 7700 900101", number="+19999999999")))
        assert page.count('class="phone"') == 1
        assert "+1\u00a0202-555-0100" in page

    def test_which_number_is_texted_can_be_chosen(self, client: Client) -> None:
        SenderFactory.create()
        other = SenderFactory.create(value="+12025550123")
        phone = PhoneFactory.create(value=FAN)
        InboundFactory.create(address=phone, text="to the platform")
        InboundFactory.create(address=phone, sender=other, text="to the other")
        page = words(client.get(address(FAN)))
        assert f'href="{address(FAN, number=other.value)}"' in page
        assert ("to the platform" in page, "to the other" in page) == (True, False)
        page = words(client.get(address(FAN, number=other.value)))
        assert ("to the platform" in page, "to the other" in page) == (False, True)

    @pytest.mark.parametrize("path", ["/dev/phone/", "/dev/phone/screens/"])
    def test_wrong_verbs(self, client: Client, path: str) -> None:
        assert client.put(path).status_code == 405
        assert client.delete(path).status_code == 405
        assert client.post("/dev/phone/screens/").status_code == 405


@pytest.mark.django_db
class TestTheScreens:
    def test_what_became_of_a_message_is_told(self, client: Client) -> None:
        phone = PhoneFactory.create(value=FAN)
        fates: tuple[tuple[MessageState, str, dict[str, Any]], ...] = (
            (MessageState.DELIVERED, "Results: http://127.0.0.1:8000/events/night/", {"segments": 2}),
            (MessageState.QUEUED, "Soon", {}),
            (MessageState.FAILED, "Never", {"error": "Unreachable number"}),
        )
        for minute, (state, text, more) in enumerate(fates):
            at = NOW + timedelta(minutes=minute)
            MessageFactory.create(address=phone, state=state, text=text, created_at=at, **more)
        page = words(client.get(address(FAN)))
        assert '<a href="http://127.0.0.1:8000/events/night/"' in page
        assert "Delivered · 2 segments" in page
        assert "Queued · 1 segment" in page
        assert "Failed · 1 segment · Unreachable number" in page
        assert (page.count("is-coming"), page.count("is-lost")) == (1, 1)
        assert page.index("Results:") < page.index("Soon") < page.index("Never")

    def test_a_sealed_text_is_opened_on_its_phone(self, client: Client) -> None:
        phone = PhoneFactory.create(value=FAN)
        sealed = Content("Your code is 1234").columns(sealed=True)
        MessageFactory.create(address=phone, state=MessageState.SENT, sealed=True, **sealed)
        MessageFactory.create(address=phone, state=MessageState.SENT, sealed=True, text="of another ring")
        page = words(client.get(address(FAN)))
        assert "Your code is 1234" in page
        assert "no longer in the ring" in page

    def test_the_newest_of_each_phone_are_shown(self, client: Client) -> None:
        fan, friend = PhoneFactory.create(value=FAN), PhoneFactory.create(value=FRIEND)
        for number in range(45):
            InboundFactory.create(address=fan, text=f"fan {number}.", received_at=NOW + timedelta(seconds=number))
        InboundFactory.create(address=friend, text="friend", received_at=NOW - timedelta(days=1))
        page = words(client.get(address(FAN, FRIEND)))
        assert bubbles(page) == 41
        assert ("fan 4." in page, "fan 5." in page, "friend" in page) == (False, True, True)

    def test_alone_they_are_what_the_page_shows(self, client: Client) -> None:
        InboundFactory.create(address=PhoneFactory.create(value=FAN), text="hello")
        alone = words(client.get(address(FAN, FRIEND, path="/dev/phone/screens/")))
        assert alone.count('class="screen"') == 2
        assert "<form" not in alone
        assert alone.split("</ul>")[0].strip() in words(client.get(address(FAN, FRIEND)))

    @pytest.mark.parametrize("phones", [(FAN,), (FAN, FRIEND, "+33639980101")])
    def test_in_three_queries(
        self, client: Client, phones: tuple[str, ...], django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for phone in phones:
            known = PhoneFactory.create(value=phone)
            InboundFactory.create(address=known)
            MessageFactory.create(address=known)
        with django_assert_num_queries(3):
            assert client.get(address(*phones)).status_code == 200
