"""The live leaderboard through real sockets, two workers, PostgreSQL and Redis."""

import json
import random
import time
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.test import Client
from websockets.exceptions import ConnectionClosed

from accounts.actors import Here
from accounts.models import BrowserSession, Ended
from accounts.services.sessions import end_everything
from config.tests.live_server import LiveSite, eventually
from events.models import Event
from events.tests.factories import EventFactory
from voting import relay
from voting.ballot_box import cast_sync
from voting.leaderboard import Audience
from voting.models import Round, RoundStatus
from voting.tests.board_client import BoardClient, votes_by_artist, watching
from voting.tests.factories import opened
from voting.tests.night import make_night
from voting.viewing import viewing_token

pytestmark = pytest.mark.django_db(transaction=True)


def token_query(event: Event, audience: Audience, now: Any, holder: str = "") -> str:
    return f"?viewing={viewing_token(event, audience, holder=Here(holder), now=now)[0]}"


def status_of(address: str) -> int:
    try:
        with urlopen(Request(address, headers={"X-Forwarded-Proto": "https"}), timeout=30) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def two_heartbeats(viewer: BoardClient) -> None:
    """As much as anybody gets who is not let go of while nothing happens."""
    viewer.frame()
    viewer.frame()


def closing_code(viewer: BoardClient) -> int:
    """Reads until the server closes, and gives its code."""
    with pytest.raises(ConnectionClosed) as closed:
        viewer.until(lambda _frame: False)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def test_a_viewer_gets_a_snapshot_and_then_every_change(live_site: LiveSite) -> None:
    night = make_night(attendees=3, artists=2)
    with watching(live_site, night.event) as viewer:
        snapshot = viewer.frame()
        assert (snapshot["type"], snapshot["round"], snapshot["total"]) == ("snapshot", 1, 0)
        cast_sync([night.vote(0, 1), night.vote(1, 1), night.vote(2, 0)])
        update = viewer.total(3)
        assert update["type"] == "update"
        assert [(row["votes"], row["share"], row["rank"]) for row in update["standings"]] == [
            (2, 0.6667, 1),
            (1, 0.3333, 2),
        ]


def test_a_snapshot_and_the_frames_after_it_are_a_later_snapshot(live_site: LiveSite) -> None:
    night = make_night(attendees=40, artists=4)
    cast_sync([night.vote(fan, fan % 4) for fan in range(10)])
    with watching(live_site, night.event) as early:
        early.total(10)
        for fan in range(10, 40):
            cast_sync([night.vote(fan, random.randrange(4))])
        last = early.total(40)
        with watching(live_site, night.event) as late:
            snapshot = late.frame()
    assert snapshot["type"] == "snapshot"
    assert {**snapshot, "type": "update"} == last
    positions = [(frame["epoch"], frame["seq"]) for frame in early.frames]
    assert positions == sorted(set(positions)), "each frame is newer than the one before"
    totals = [frame["total"] for frame in early.frames]
    assert totals == sorted(totals), "no vote is ever taken back from the screen"
    for before, after in zip(early.frames, early.frames[1:], strict=False):
        grown = votes_by_artist(after)
        assert all(grown[artist] >= votes for artist, votes in votes_by_artist(before).items())


def test_many_votes_become_few_frames(live_site: LiveSite) -> None:
    night = make_night(attendees=100, artists=2)
    with watching(live_site, night.event) as viewer:
        viewer.frame()
        began = time.monotonic()
        for fan in range(100):
            cast_sync([night.vote(fan, fan % 2)])
        viewer.total(100)
        ticks = (time.monotonic() - began) / 0.05
    assert len(viewer.frames) <= ticks + 2
    assert len(viewer.frames) < 100


class TestResuming:
    def test_who_has_the_newest_frame_gets_nothing(self, live_site: LiveSite) -> None:
        night = make_night(attendees=1)
        with watching(live_site, night.event) as viewer:
            snapshot = viewer.frame()
            viewer.say({"type": "resume", "epoch": snapshot["epoch"], "seq": snapshot["seq"]})
            cast_sync([night.vote()])
            assert viewer.frame()["total"] == 1, "the next thing is the next change"

    def test_who_has_an_older_one_gets_a_snapshot(self, live_site: LiveSite) -> None:
        night = make_night(attendees=1)
        with watching(live_site, night.event) as viewer:
            snapshot = viewer.frame()
            viewer.say({"type": "resume", "epoch": snapshot["epoch"] - 1, "seq": snapshot["seq"] + 5})
            assert viewer.frame() == snapshot

    @pytest.mark.parametrize(
        ("message", "code"),
        [
            ("resume", 4400),
            ('{"type":"resume"}', 4400),
            ('{"type":"resume","epoch":1,"seq":"2"}', 4400),
            ('{"type":"resume","epoch":1,"seq":2,"more":3}', 4400),
            ('{"type":"vote","artist":1}', 4400),
            ("[" * 400, 4400),
            (b"\x00", 4400),
            (json.dumps({"type": "x" * 1000}), 4413),
        ],
    )
    def test_anything_else_closes_the_socket(self, live_site: LiveSite, message: str | bytes, code: int) -> None:
        night = make_night(attendees=1)
        with watching(live_site, night.event) as viewer:
            viewer.connection.send(message)
            assert closing_code(viewer) == code

    def test_too_much_of_it_does_too(self, live_site: LiveSite) -> None:
        night = make_night(attendees=1)
        with watching(live_site, night.event) as viewer:
            snapshot = viewer.frame()
            for _time in range(11):
                viewer.say({"type": "resume", "epoch": snapshot["epoch"], "seq": snapshot["seq"]})
            assert closing_code(viewer) == 4429


class TestWithheldResults:
    def watch(self, site: LiveSite, results: str, audience: Audience, now: Any) -> tuple[list[bytes], list[bytes]]:
        """Every frame of a round with ten votes as this audience gets it: while it was open, and once it was revealed."""
        night = make_night(attendees=10, artists=2, vote_config={"results": results})
        with watching(site, night.event, query=token_query(night.event, audience, now)) as viewer:
            viewer.frame()
            cast_sync([night.vote(fan, int(fan < 7)) for fan in range(10)])
            viewer.until(lambda frame: frame.get("total") == 10 or frame["seq"] > 1)
            open_frames = list(viewer.raw)
            Round.objects.filter(pk=night.round.pk).update(status=RoundStatus.REVEALED)
            relay.mark(night.event.pk)
            viewer.until(lambda frame: frame["status"] == "revealed")
        return open_frames, viewer.raw[len(open_frames) :]

    @pytest.mark.parametrize("audience", [Audience.FAN, Audience.PROJECTOR])
    def test_they_are_not_in_the_bytes_until_the_reveal(
        self, live_site: LiveSite, audience: Audience, now: Any
    ) -> None:
        before, after = self.watch(live_site, "reveal", audience, now)
        for frame in before:
            parsed = json.loads(frame)
            assert parsed["withheld"] is True
            assert [sorted(row) for row in parsed["standings"]] == [["artist", "ballot_number"]] * 2
            assert not any(word in frame for word in (b"votes", b"share", b"rank", b"total"))
        assert json.loads(after[-1])["total"] == 10

    def test_the_organizer_sees_them_all_along(self, live_site: LiveSite, now: Any) -> None:
        before, _after = self.watch(live_site, "reveal", Audience.ORGANIZER, now)
        assert json.loads(before[-1])["total"] == 10

    @pytest.mark.parametrize("audience", Audience)
    def test_live_results_are_in_everybodys(self, live_site: LiveSite, audience: Audience, now: Any) -> None:
        before, _after = self.watch(live_site, "live", audience, now)
        assert json.loads(before[-1])["total"] == 10


class TestWhoMayLook:
    def test_an_event_nobody_has(self, live_site: LiveSite) -> None:
        with watching(live_site, Event(public_id="0" * 16)) as viewer:
            assert closing_code(viewer) == 4404

    def test_an_id_that_cannot_be_one(self, live_site: LiveSite) -> None:
        with watching(live_site, Event(public_id="%00%27")) as viewer:
            assert closing_code(viewer) == 4404

    @pytest.mark.parametrize("fields", [{"access": "private"}, {"status": "draft"}])
    def test_a_private_event_or_a_draft_is_not_there_without_a_token(
        self, live_site: LiveSite, now: Any, fields: dict[str, str]
    ) -> None:
        round_, _entries = opened(EventFactory.create(**{"live": True, **fields}))
        with watching(live_site, round_.event) as viewer:
            assert closing_code(viewer) == 4404
        with watching(live_site, round_.event, query=token_query(round_.event, Audience.FAN, now)) as viewer:
            assert viewer.frame()["round"] == 1

    def test_a_token_for_another_event(self, live_site: LiveSite, now: Any) -> None:
        mine, another = make_night(attendees=1), make_night(attendees=1)
        with watching(live_site, mine.event, query=token_query(another.event, Audience.ORGANIZER, now)) as viewer:
            assert closing_code(viewer) == 4401

    def test_an_event_that_becomes_private_while_its_round_is_open(self, live_site: LiveSite) -> None:
        night = make_night(attendees=1)
        with watching(live_site, night.event) as viewer:
            viewer.frame()
            Event.objects.filter(pk=night.event.pk).update(access="private")
            viewer.frame()
        with watching(live_site, night.event) as viewer:
            assert closing_code(viewer) == 4404


class TestSigningOut:
    def test_ends_the_sockets_that_were_let_in_by_it_and_no_others(self, live_site: LiveSite, now: Any) -> None:
        night = make_night(attendees=2, artists=2)
        organizer = night.event.owner
        Client().force_login(organizer)
        holder = BrowserSession.objects.get().public_id
        mine = token_query(night.event, Audience.ORGANIZER, now, holder)
        other = token_query(night.event, Audience.ORGANIZER, now)  # a personal link's, which no sign-in stands behind
        with (
            watching(live_site, night.event, query=mine) as viewer,
            watching(live_site, night.event, query=other) as stranger,
            watching(live_site, night.event) as fan,
        ):
            for watcher in (viewer, stranger, fan):
                watcher.frame()
            end_everything(user=organizer, because=Ended.SIGNED_OUT, now=now)
            with pytest.raises(ConnectionClosed):
                two_heartbeats(viewer)
            cast_sync([night.vote(0, 1)])
            assert (fan.total(1)["total"], stranger.total(1)["total"]) == (1, 1)
        assert [frame["total"] for frame in viewer.frames if "total" in frame] == [0]
        with watching(live_site, night.event, query=mine) as again:
            assert closing_code(again) == 4401

    def test_ends_what_asking_with_its_token_was_answered(self, live_site: LiveSite, now: Any) -> None:
        night = make_night(attendees=1, artists=2)
        Client().force_login(night.event.owner)
        query = token_query(night.event, Audience.ORGANIZER, now, BrowserSession.objects.get().public_id)
        address = f"{live_site.url}/api/v1/events/{night.event.public_id}/leaderboard{query}"
        assert status_of(address) == 200
        end_everything(user=night.event.owner, because=Ended.SIGNED_OUT, now=now)
        eventually(lambda: status_of(address) == 401)
