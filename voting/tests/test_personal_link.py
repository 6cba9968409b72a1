"""The personal vote link: who gets it, how long it works, and that nobody else learns of it."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from config.lib.errors import InvalidToken, TokenExpired
from events.links import attendee_id_of, confirm_code
from events.models import Attendee
from events.tests.factories import AttendeeFactory, SlotFactory
from messaging.models import Message
from messaging.tests.texting import webhook
from messaging.texts import render
from voting import links, process
from voting.tests.browsing import personal

SEGMENT = 160
TWO_SEGMENTS = 306
DOMAIN = "https://fanfare.example"


@pytest.fixture
def attendee(db: None) -> Attendee:
    return AttendeeFactory.create(event__title="Loud Night 42")


class TestTheCode:
    def test_it_names_its_attendee_until_a_week_after_the_event(self, attendee: Attendee) -> None:
        code, ends_at = links.vote_code(attendee), attendee.event.ends_at
        for moment in (datetime.now(UTC), ends_at + timedelta(days=6)):
            assert attendee_id_of(code, purpose=links.PURPOSE, now=moment) == attendee.pk
        with pytest.raises(TokenExpired):
            attendee_id_of(code, purpose=links.PURPOSE, now=ends_at + timedelta(days=8))

    @pytest.mark.parametrize("spoil", [lambda code: code[:-1] + "~", lambda code: code[1:], lambda _code: ""])
    def test_a_forged_one_names_nobody(self, attendee: Attendee, spoil: object) -> None:
        assert callable(spoil)
        with pytest.raises(InvalidToken):
            attendee_id_of(spoil(links.vote_code(attendee)), purpose=links.PURPOSE, now=datetime.now(UTC))

    def test_the_code_that_confirms_does_not_vote(self, attendee: Attendee) -> None:
        with pytest.raises(InvalidToken):
            attendee_id_of(confirm_code(attendee), purpose=links.PURPOSE, now=datetime.now(UTC))

    def test_the_link_leads_to_the_page(self, attendee: Attendee) -> None:
        assert links.vote_link(attendee) == f"{settings.PUBLIC_URL}{personal(attendee)}"


class TestTheText:
    @pytest.mark.usefixtures("transactional_db")
    def test_yes_is_answered_with_the_link(self) -> None:
        attendee = AttendeeFactory.create(pending=True)
        assert attendee.phone is not None
        phone = attendee.phone.value

        async def say_yes() -> str | None:
            async with process.part(), webhook() as twilio:
                return await twilio.text("YES", phone=phone)

        said = asyncio.run(say_yes())
        assert said is not None
        assert f"or tap {links.vote_link(attendee)}" in said
        assert Message.objects.get().kind == "join_confirmed"

    @pytest.mark.parametrize("language", ["en", "es", "fr"])
    @pytest.mark.parametrize(
        ("title", "ballot", "limit"),
        [
            ("Loud Night 42", "1 Ana, 2 Bo", SEGMENT),
            ("A title that has thirty letters", "", SEGMENT),
            ("A title that has thirty letters", "1 " + 58 * "a", TWO_SEGMENTS),
        ],
    )
    def test_it_is_one_segment_where_it_can_be(
        self, attendee: Attendee, language: str, title: str, ballot: str, limit: int
    ) -> None:
        """With the whole ballot beside a long title it is two, never three."""
        link = f"{DOMAIN}{personal(Attendee(pk=2**31, event=attendee.event))}"
        text = render("join_confirmed", language, event=title[:30], ballot=ballot, link=link)
        assert link in text
        assert ballot in text
        assert len(text) <= limit, (len(text), text)


@pytest.mark.django_db
class TestConfirming:
    def test_the_page_leads_to_the_vote(self, client: Client) -> None:
        attendee = AttendeeFactory.create(pending=True)
        SlotFactory.create(event=attendee.event)
        response = client.post(f"/c/{confirm_code(attendee)}/", follow=True)
        assert re.findall(r'class="button button-action"\s+href="([^"]+)"', response.content.decode()) == [
            links.vote_link(attendee)
        ]


@pytest.mark.django_db
class TestWhoMayNotComeIn:
    @pytest.mark.parametrize("code", ["nonsense", "%00", "é", "A" * 400])
    @pytest.mark.parametrize("verb", ["get", "head"])
    def test_a_forged_link_says_so(self, client: Client, code: str, verb: str) -> None:
        response = getattr(client, verb)(f"/v/{code}/")
        assert response.status_code == 403
        if verb == "get":
            assert "This link does not work" in response.content.decode()

    def test_an_old_link_says_so(self, client: Client, attendee: Attendee) -> None:
        with time_machine.travel(attendee.event.ends_at + timedelta(days=8)):
            response = client.get(personal(attendee))
        assert response.status_code == 410
        assert "This link has expired" in response.content.decode()

    def test_the_link_of_somebody_erased_says_so(self, client: Client, attendee: Attendee) -> None:
        path = personal(attendee)
        attendee.delete()
        assert client.get(path).status_code == 403

    @pytest.mark.parametrize("code", ["good", "bad"])
    def test_nobody_else_may_keep_or_index_it(self, client: Client, attendee: Attendee, code: str) -> None:
        response = client.get(personal(attendee) if code == "good" else "/v/bad/")
        assert response["Referrer-Policy"] == "strict-origin"
        assert response["X-Robots-Tag"] == "noindex"
        assert "no-store" in response["Cache-Control"]

    def test_the_code_is_in_no_log_line(
        self, client: Client, attendee: Attendee, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level("INFO"):
            client.get(personal(attendee))
        assert "voting-pages:personal" in caplog.text
        assert links.vote_code(attendee) not in caplog.text
