"""Texts through the real site, its processes killed with -9 at named points; reports of the local phone to it."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest
from django.db import connection
from pytest_django import Settings

from config.lib import redis
from config.lib.raw_connection import sync_connection
from config.tests.live_server import LiveSite, eventually
from messaging import delivery
from messaging.models import DeliveryEvent, InboundMessage, Lane, Message, MessageState, OptOut
from messaging.tests.factories import PLATFORM_NUMBER, MessageFactory
from messaging.tests.texting import new_sid, signature

pytestmark = pytest.mark.django_db(transaction=True)
FAN = "+14155550123"
_POINT = 4711  # the advisory lock that stands for the point where the process is killed


def post(site: LiveSite, sid: str, body: str) -> httpx.Response:
    fields = {"MessageSid": sid, "From": FAN, "To": PLATFORM_NUMBER, "Body": body}
    url = f"{site.url}/sms/join"
    return httpx.post(url, data=fields, headers={"X-Twilio-Signature": signature(url, fields)}, timeout=30)


def said(response: httpx.Response) -> str | None:
    assert response.status_code == 200, response.text
    return ET.fromstring(response.content).findtext("Message")  # our own bytes


@contextmanager
def stopped_at(table: str) -> Iterator[None]:
    """Nothing is inserted into `table` while the block runs: whoever tries waits there, where it can be killed."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN PERFORM pg_advisory_xact_lock_shared({_POINT}); RETURN NEW; END $$;"
            f"CREATE TRIGGER stop_here BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION stop_here()"
        )
    try:
        with sync_connection() as other:
            other.execute(f"SELECT pg_advisory_lock({_POINT})")
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER stop_here ON {table}; DROP FUNCTION stop_here()")


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("table", "stored"),
    # a statement that has reached PostgreSQL may be carried out although its client is dead
    [("messaging_inboundmessage", {0, 1}), ("messaging_optout", {1}), ("messaging_message", {1})],
    ids=["before the text is stored", "before its effect", "after its effect, before the reply"],
)
def test_a_text_survives_kill_9_of_the_site_at_every_point(
    start_site: Callable[..., LiveSite], table: str, stored: set[int]
) -> None:
    """Twilio asks again: one text, one opt-out, one reply, whatever had happened before the kill."""
    site, sid = start_site(workers=1), new_sid()
    with stopped_at(table), ThreadPoolExecutor(1) as threads:
        first = threads.submit(post, site, sid, "STOP")
        eventually(somebody_waits, what="the site reached the point")
        site.kill()
        with pytest.raises(httpx.TransportError):
            first.result()
    eventually(lambda: not somebody_waits(), what="the killed transaction is gone")
    assert InboundMessage.objects.count() in stored
    assert (OptOut.objects.count(), Message.objects.count()) == (0, 0)

    site.start()
    again, once_more = post(site, sid, "STOP"), post(site, sid, "STOP")
    assert "no more texts" in (said(again) or "")
    assert again.content == once_more.content
    assert (InboundMessage.objects.count(), OptOut.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_an_answer_lost_on_its_way_is_given_again_by_another_process(start_site: Callable[..., LiveSite]) -> None:
    site, sid = start_site(workers=1), new_sid()
    first = post(site, sid, "STOP")
    site.kill()
    redis.sync_client().flushdb()
    site.start()
    assert post(site, sid, "STOP").content == first.content
    assert Message.objects.count() == 1


def test_the_local_phones_reports_arrive_at_our_own_webhook(live_site: LiveSite, settings: Settings) -> None:
    settings.PUBLIC_URL = live_site.url
    message = MessageFactory.create()
    delivery.deliver_batch(Lane.DEFAULT, now=datetime.now(UTC))
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    events = DeliveryEvent.objects.order_by("id")
    assert [event.status for event in events] == ["sent", "delivered"]
    assert {event.message_public_id for event in events} == {message.public_id}
