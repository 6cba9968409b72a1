"""Reading a leaderboard over HTTP: the current frame, ETags, past rounds, who may, how often; and as a stream."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from accounts.actors import Here
from config.tests.live_server import LiveSite
from events.models import Event
from events.tests.factories import EventFactory
from voting import relay
from voting.ballot_box import cast_sync
from voting.leaderboard import Audience
from voting.models import Round, RoundStatus
from voting.tests.board_client import watching
from voting.tests.factories import RoundFactory, opened
from voting.tests.night import Night, make_night
from voting.viewing import viewing_token

pytestmark = pytest.mark.django_db(transaction=True)


def read(site: LiveSite, event: Event, query: str = "", **headers: str) -> httpx.Response:
    address = f"{site.url}/api/v1/events/{event.public_id}/leaderboard{query}"
    return httpx.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()}, timeout=30)


def refused(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def votes_shown(site: LiveSite, night: Night, votes: int) -> None:
    """Waits until a viewer sees so many votes, so that the board is known to be out."""
    with watching(site, night.event) as viewer:
        viewer.total(votes)


def test_it_is_the_frame_of_the_socket_in_the_usual_envelope(live_site: LiveSite) -> None:
    night = make_night(attendees=1)
    cast_sync([night.vote()])
    with watching(live_site, night.event) as viewer:
        frame = viewer.total(1)
    answer = read(live_site, night.event, x_request_id="a-request-of-mine")
    assert answer.status_code == 200
    assert answer.json() == {
        "data": {**frame, "type": "snapshot"},
        "meta": {"request_id": "a-request-of-mine"},
        "error": None,
    }
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.headers["etag"] == f'W/"{frame["epoch"]}.{frame["seq"]}.fan"'
    assert int(answer.headers["ratelimit-remaining"]) == int(answer.headers["ratelimit-limit"]) - 1


def test_a_known_etag_is_304_until_the_next_vote(live_site: LiveSite) -> None:
    night = make_night(attendees=1)
    etag = read(live_site, night.event).headers["etag"]
    unchanged = read(live_site, night.event, if_none_match=f'"something", {etag}')
    assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", etag)
    cast_sync([night.vote()])
    votes_shown(live_site, night, 1)
    assert read(live_site, night.event, if_none_match=etag).json()["data"]["total"] == 1


def test_the_etag_names_the_audience(live_site: LiveSite, now: datetime) -> None:
    night = make_night(attendees=1)
    token, _expires = viewing_token(night.event, Audience.ORGANIZER, holder=Here(), now=now)
    fan, organizer = read(live_site, night.event), read(live_site, night.event, f"?viewing={token}")
    assert fan.headers["etag"] != organizer.headers["etag"]
    assert organizer.headers["cache-control"] == "private, no-cache"


class TestRounds:
    def held(self, site: LiveSite, results: str = "live") -> tuple[Event, Night]:
        """A first round with one vote that is closed, and a second one that is open and on the board."""
        event = EventFactory.create(live=True)
        first = make_night(attendees=1, event=event, vote_config={"results": results})
        cast_sync([first.vote(entry=1)])
        Round.objects.filter(pk=first.round.pk).update(status=RoundStatus.CLOSED)
        opened(event)
        relay.mark(event.pk)
        with watching(site, event) as viewer:
            viewer.until(lambda frame: frame["round"] == 2)
        return event, first

    def test_a_past_round_can_be_asked_for(self, live_site: LiveSite) -> None:
        event, _first = self.held(live_site)
        past = read(live_site, event, "?round=1")
        assert (past.json()["data"]["round"], past.json()["data"]["status"], past.json()["data"]["total"]) == (
            1,
            "closed",
            1,
        )
        assert read(live_site, event, "?round=1", if_none_match=past.headers["etag"]).status_code == 304

    def test_the_current_one_can_be_named(self, live_site: LiveSite) -> None:
        event, _first = self.held(live_site)
        assert read(live_site, event, "?round=2").json()["data"]["round"] == 2

    def test_a_withheld_past_round_is_withheld_also_by_its_etag(self, live_site: LiveSite, now: datetime) -> None:
        event, _first = self.held(live_site, "reveal")
        past = read(live_site, event, "?round=1")
        assert past.json()["data"]["withheld"] is True
        assert b"votes" not in past.content
        assert b"total" not in past.content
        again, _other = self.held(live_site, "reveal")
        other = read(live_site, again, "?round=1")
        assert len(other.headers["etag"]) == len(past.headers["etag"])
        token, _expires = viewing_token(event, Audience.ORGANIZER, holder=Here(), now=now)
        assert read(live_site, event, f"?round=1&viewing={token}").json()["data"]["total"] == 1

    @pytest.mark.parametrize(
        ("number", "answer"),
        [("3", (404, "NOT_FOUND")), ("x", (422, "VALIDATION_ERROR")), ("-1", (422, "VALIDATION_ERROR"))],
    )
    def test_a_round_that_is_not_there(self, live_site: LiveSite, number: str, answer: tuple[int, str]) -> None:
        event, _first = self.held(live_site)
        assert refused(read(live_site, event, f"?round={number}")) == answer

    def test_an_event_without_rounds_has_an_empty_board(self, live_site: LiveSite) -> None:
        data = read(live_site, EventFactory.create(published=True)).json()["data"]
        assert (data["round"], data["standings"], data["total"]) == (None, [], 0)

    def test_a_planned_round_is_announced(self, live_site: LiveSite) -> None:
        data = read(live_site, RoundFactory.create().event).json()["data"]
        assert (data["round"], data["status"]) == (1, "planned")


class TestWhoMayRead:
    @pytest.mark.parametrize("public_id", ["0" * 16, "nothing", "%00", "..%2f", "a" * 500])
    def test_an_event_nobody_has(self, live_site: LiveSite, public_id: str) -> None:
        assert refused(read(live_site, Event(public_id=public_id))) == (404, "NOT_FOUND")

    @pytest.mark.parametrize("fields", [{"access": "private"}, {"status": "draft"}])
    def test_a_private_event_and_a_draft_need_a_token(
        self, live_site: LiveSite, now: datetime, fields: dict[str, str]
    ) -> None:
        round_, _entries = opened(EventFactory.create(**{"live": True, **fields}))
        assert refused(read(live_site, round_.event)) == (404, "NOT_FOUND")
        token, _expires = viewing_token(round_.event, Audience.FAN, holder=Here(), now=now)
        assert read(live_site, round_.event, f"?viewing={token}").status_code == 200

    def test_a_token_must_be_genuine_and_young_and_for_this_event(self, live_site: LiveSite, now: datetime) -> None:
        event, another = make_night(attendees=1).event, make_night(attendees=1).event
        old, _expires = viewing_token(event, Audience.ORGANIZER, holder=Here(), now=now - timedelta(days=1))
        foreign, _expires = viewing_token(another, Audience.ORGANIZER, holder=Here(), now=now)
        assert refused(read(live_site, event, f"?viewing={old}")) == (401, "TOKEN_EXPIRED")
        assert refused(read(live_site, event, f"?viewing={foreign}")) == (401, "INVALID_TOKEN")
        assert refused(read(live_site, event, "?viewing=nonsense")) == (401, "INVALID_TOKEN")


def test_a_room_has_a_limit_of_its_own(start_site: Callable[..., LiveSite]) -> None:
    site = start_site(workers=1, LIMIT_ROOM="2/60")
    event, another = make_night(attendees=1).event, make_night(attendees=1).event
    assert [read(site, event).status_code for _time in range(2)] == [200, 200]
    over = read(site, event)
    assert refused(over) == (429, "RATE_LIMIT_EXCEEDED")
    assert 0 < int(over.headers["retry-after"]) <= 60
    assert read(site, another).status_code == 200


class Stream:
    """The events of a stream as they come."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def event(self) -> tuple[str, dict[str, Any]]:
        """The next event: its id and its data. Comments and the retry hint are passed over."""
        found: dict[str, str] = {}
        for line in self._lines:
            name, colon, value = line.partition(": ")
            if name and colon:
                found[name] = value
            elif not line and "data" in found:
                return found["id"], json.loads(found["data"])
        raise AssertionError("the stream has ended")

    def total(self, votes: int) -> dict[str, Any]:
        while True:
            _id, data = self.event()
            if data["total"] == votes:
                return data


@contextmanager
def streaming(site: LiveSite, event: Event, query: str = "", **headers: str) -> Iterator[Stream]:
    address = f"{site.url}/api/v1/events/{event.public_id}/leaderboard/stream{query}"
    with httpx.stream("GET", address, headers=headers, timeout=30) as response:
        yield Stream(response)


class TestStream:
    def test_it_carries_the_same_frames_as_the_socket(self, live_site: LiveSite) -> None:
        night = make_night(attendees=2)
        with streaming(live_site, night.event) as stream, watching(live_site, night.event) as viewer:
            assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert stream.response.headers["cache-control"] == "no-store"
            number, first = stream.event()
            assert first == viewer.frame()
            assert number == f"{first['epoch']}.{first['seq']}"
            cast_sync([night.vote(0), night.vote(1)])
            assert stream.total(2) == viewer.total(2)

    def test_who_comes_back_with_the_newest_id_gets_the_next_change(self, live_site: LiveSite) -> None:
        night = make_night(attendees=1)
        with streaming(live_site, night.event) as stream:
            number, _first = stream.event()
        with streaming(live_site, night.event, **{"Last-Event-ID": number}) as stream:
            cast_sync([night.vote()])
            _number, next_one = stream.event()
            assert (next_one["type"], next_one["total"]) == ("update", 1)

    @pytest.mark.parametrize("last", ["1.1", "nonsense", "9" * 40 + ".1"])
    def test_who_comes_back_with_an_old_or_unreadable_id_gets_a_snapshot(self, live_site: LiveSite, last: str) -> None:
        night = make_night(attendees=1)
        with streaming(live_site, night.event, **{"Last-Event-ID": last}) as stream:
            assert stream.event()[1]["type"] == "snapshot"

    def test_a_private_event_is_not_there(self, live_site: LiveSite, now: datetime) -> None:
        round_, _entries = opened(EventFactory.create(live=True, access="private"))
        with streaming(live_site, round_.event) as stream:
            stream.response.read()
            assert refused(stream.response) == (404, "NOT_FOUND")
        token, _expires = viewing_token(round_.event, Audience.FAN, holder=Here(), now=now)
        with streaming(live_site, round_.event, f"?viewing={token}") as stream:
            assert stream.event()[1]["round"] == 1
