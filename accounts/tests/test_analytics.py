"""What happens on the pages is noted in passing, stored together, and kept by the month."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from asgiref.sync import async_to_sync
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import analytics, analytics_months
from accounts.analytics import Happening, Notes, flush, note, notes, page_view
from accounts.models import AnalyticsEvent, AnalyticsHandover, AnalyticsKind, User
from accounts.services.handover import hand_over
from accounts.services.retention import let_go
from config.lib.errors import Unavailable
from config.lib.raw_connection import RawConnection

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


@pytest.fixture(autouse=True)
def _nothing_noted() -> None:
    notes.take(len(notes))


def happening(number: int = 0, at: datetime | None = None) -> Happening:
    return Happening(at or timezone.now(), AnalyticsKind.ACTION, "", "v", {"number": number})


def request(path: str = "/", **headers: str) -> Any:
    return RequestFactory().get(path, headers={"User-Agent": BROWSER, **headers})


def stored() -> None:
    """Store what waits, as the process does."""

    async def once() -> None:
        connect = RawConnection("test")
        try:
            await flush(connect)
        finally:
            await connect.close()

    async_to_sync(once)()


def add(at: datetime, number: int = 1, **fields: Any) -> None:
    """Rows as they are kept."""
    sequence = range(AnalyticsEvent.objects.count(), AnalyticsEvent.objects.count() + number)
    AnalyticsEvent.objects.bulk_create(
        AnalyticsEvent(at=at + timedelta(microseconds=each), id=each, kind="action", entity="", visitor="", **fields)
        for each in sequence
    )


# --- noting ---


@pytest.mark.parametrize(
    "agent", ["Googlebot/2.1", "facebookexternalhit/1.1", "WhatsApp link preview", "HeadlessChrome"]
)
def test_machines_are_not_noted(agent: str) -> None:
    note(request(**{"User-Agent": agent}), AnalyticsKind.ACTION)

    assert len(notes) == 0


def test_a_part_of_a_page_is_no_page() -> None:
    page_view(request(**{"HX-Request": "true"}), "events")
    page_view(RequestFactory().post("/", headers={"User-Agent": BROWSER}), "event")

    assert len(notes) == 0


@pytest.mark.parametrize("wish", ["Sec-GPC", "DNT"])
def test_who_asks_not_to_be_tracked_is_nobody(wish: str) -> None:
    note(request(**{wish: "1"}), AnalyticsKind.ACTION)

    assert notes.take()[0].visitor == ""


def test_a_browser_is_the_same_today_and_another_tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    note(request(), AnalyticsKind.ACTION)
    note(request(), AnalyticsKind.ACTION)
    note(request(**{"User-Agent": f"{BROWSER} other"}), AnalyticsKind.ACTION)
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.now(UTC) + timedelta(days=1))
    note(request(), AnalyticsKind.ACTION)

    first, again, other, tomorrow = (each.visitor for each in notes.take())
    assert first == again
    assert len({first, other, tomorrow}) == 3


# --- storing ---


def test_a_full_memory_lets_the_oldest_go() -> None:
    waiting = Notes(3)
    for number in range(5):
        waiting.add(happening(number))

    assert [each.data["number"] for each in waiting.take()] == [2, 3, 4]


def test_what_could_not_be_stored_keeps_its_place() -> None:
    waiting = Notes(4)
    for number in range(4):
        waiting.add(happening(number))
    taken = waiting.take(3)
    waiting.add(happening(4))
    waiting.put_back(taken)

    assert [each.data["number"] for each in waiting.take()] == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_what_waits_is_stored_together() -> None:
    page_view(request(), "home")
    notes.add(happening(7))

    stored()

    assert len(notes) == 0
    assert sorted(AnalyticsEvent.objects.values_list("kind", flat=True)) == ["action", "page_view"]
    assert AnalyticsEvent.objects.get(kind="action").data == {"number": 7}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("via", ["%00", "%22%3Cscript%3E", "a b", "%F0%9F%8E%BA"])
def test_a_link_that_somebody_made_up_spoils_no_batch(via: str) -> None:
    page_view(request(f"/?via={via}"), "home")

    stored()

    assert [event.data for event in AnalyticsEvent.objects.all()] == [{"page": "home"}]


@pytest.mark.django_db(transaction=True)
def test_what_comes_too_late_is_stored_as_of_now() -> None:
    notes.add(happening(at=timezone.now() - timedelta(hours=3)))

    stored()

    assert timezone.now() - AnalyticsEvent.objects.get().at < timedelta(minutes=1)


async def test_while_the_database_is_away_they_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_args: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(analytics, "store", away)
    notes.add(happening(1))
    notes.add(happening(2))

    await flush(RawConnection("test"))

    assert [each.data["number"] for each in notes.take()] == [1, 2]


@pytest.mark.django_db(transaction=True)
async def test_a_process_stores_what_is_left_when_it_ends() -> None:
    async with analytics.part():
        notes.add(happening(1))

    assert await AnalyticsEvent.objects.acount() == 1


async def test_a_broken_batch_does_not_end_the_noting(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = asyncio.Event()

    async def broken(*_args: Any) -> None:
        tried.set()
        raise ZeroDivisionError

    monkeypatch.setattr(analytics, "flush", broken)
    monkeypatch.setattr(analytics, "EVERY_SECONDS", 0.01)
    async with analytics.part():
        for _turn in range(2):
            tried.clear()
            async with asyncio.timeout(10):
                await tried.wait()


# --- months ---


def test_months_are_made_ahead_and_take_what_lies_in_the_rest(db: None) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    add(now, 3)

    made = analytics_months.make_months(now=now)

    assert [f"{month:%Y-%m}" for month in made] == ["2026-11", "2026-12", "2027-01"]
    assert analytics_months.make_months(now=now) == []
    assert analytics_months.months() == made
    assert AnalyticsEvent.objects.count() == 3
    add(now, 2)
    analytics_months.drop_months(before=datetime(2026, 12, 1, tzinfo=UTC))
    assert AnalyticsEvent.objects.count() == 0
    assert len(analytics_months.months()) == 2


def test_a_month_goes_only_once_it_has_ended(db: None) -> None:
    analytics_months.make_months(now=datetime(2026, 1, 15, tzinfo=UTC), ahead=0)

    assert analytics_months.drop_months(before=datetime(2026, 1, 31, 23, 59, tzinfo=UTC)) == []
    assert len(analytics_months.drop_months(before=datetime(2026, 2, 1, tzinfo=UTC))) == 1


def test_what_is_left_of_old_months_goes_at_night(db: None, now: datetime, settings: Settings) -> None:
    settings.RETENTION_ANALYTICS_DAYS = 60
    add(now - timedelta(days=200), 5)
    add(now, 2)

    gone = {outcome.rule.key: outcome.rows for outcome in let_go(now=now, piece=2)}

    assert gone["analytics"] == 5
    assert AnalyticsEvent.objects.count() == 2


# --- taking along and handing over ---


def test_an_admin_reads_them_over_the_api(api: APIClient, admin_user: User, organizer: User, now: datetime) -> None:
    add(now - timedelta(hours=2), 3, data={"page": "home"})
    address = "/api/v1/admin/analytics"
    assert api.get(address).status_code == 401
    api.force_authenticate(organizer)
    assert api.get(address).status_code == 403
    api.force_authenticate(admin_user)

    first = api.get(address, {"limit": "2", "from": (now - timedelta(hours=3)).isoformat()})
    rest = api.get(address, {"limit": "2", "cursor": first.json()["meta"]["next"]})

    assert [row["id"] for row in first.json()["data"] + rest.json()["data"]] == ["0", "1", "2"]
    assert api.get(address, {"kind": "share"}).json()["data"] == []
    assert api.get(address, {"from": "yesterday"}).status_code == 422


@pytest.mark.parametrize("role", ["organizer", "fan"])
def test_the_console_shows_them_to_admins_alone(
    client: Client, role: str, admin_user: User, request: pytest.FixtureRequest, now: datetime
) -> None:
    add(now, 2, data={"page": "home"})
    analytics_months.make_months(now=now)
    for path in ("/admin/analytics/", f"/admin/analytics/{now:%Y-%m}.csv"):
        client.force_login(request.getfixturevalue(role))
        assert client.get(path).status_code in {302, 403}
    client.force_login(admin_user)
    assert f"{now:%Y-%m}.csv" in client.get("/admin/analytics/").content.decode()
    assert client.get("/admin/analytics/nothing.csv").status_code == 404


class Outside(BaseHTTPRequestHandler):
    """Takes what is handed over; answers what `status` says."""

    taken: ClassVar[list[tuple[dict[str, str], list[Any]]]] = []
    status: ClassVar[int] = 204

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.taken.append((dict(self.headers), [json.loads(line) for line in body.splitlines()]))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def outside(settings: Settings) -> Any:
    server = HTTPServer(("127.0.0.1", 0), Outside)
    Outside.taken, Outside.status = [], 204
    settings.ANALYTICS_URL, settings.ANALYTICS_SECRET = f"http://127.0.0.1:{server.server_port}/", "secret"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield Outside
    server.shutdown()
    thread.join()
    server.server_close()


def test_settled_hours_are_handed_over_once(db: None, outside: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 20, 20, 15, tzinfo=UTC)
    monkeypatch.setattr("accounts.services.handover.PIECE", 2)
    add(now - timedelta(hours=1), 3)
    add(now, 1)

    assert (hand_over(now=now), hand_over(now=now)) == (3, 0)

    assert [len(lines) for _headers, lines in outside.taken] == [2, 1]
    assert outside.taken[0][0]["Idempotency-Key"] == "2026-11-20T19:00:00+00:00/0"
    assert len(outside.taken[0][0]["X-Fanfare-Signature"]) == 64
    assert AnalyticsHandover.objects.get(events=3).hour == datetime(2026, 11, 20, 19, tzinfo=UTC)


def test_an_hour_that_was_not_taken_is_sent_again(db: None, outside: Any) -> None:
    now = datetime(2026, 11, 20, 20, 15, tzinfo=UTC)
    add(now - timedelta(hours=1), 3)
    outside.status = 503

    assert hand_over(now=now) == 0
    outside.status = 200
    assert hand_over(now=now) == 3


def test_nothing_is_handed_over_without_somebody_to_take_it(db: None, now: datetime, settings: Settings) -> None:
    settings.ANALYTICS_URL = ""
    add(now - timedelta(hours=2), 3)

    assert hand_over(now=now) == 0
