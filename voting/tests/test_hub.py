"""The hub: everybody gets the newest board, nobody waits for anybody."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from voting import hub as hub_module
from voting.board import Board, Transport
from voting.hub import Hub, Viewer
from voting.leaderboard import Audience

PATIENCE_SECONDS = 30.0
BODIES = {audience: b'"of":"%b"' % audience.encode() for audience in Audience}


def board(seq: int, *, epoch: int = 1, event: str = "night") -> Board:
    return Board(1, event, public=True, round=1, epoch=epoch, seq=seq, interval_ms=50, bodies=BODIES)


class Client:
    """The far end of a viewer's send. `blocked` while it does not read, `gone` once it has hung up."""

    def __init__(self, hub: Hub, *, audience: Audience = Audience.FAN, transport: Transport = Transport.SOCKET) -> None:
        self.received: list[dict[str, Any]] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.gone = False
        self.let_go = asyncio.Event()
        self.viewer = Viewer("night", audience, transport, self.send, self.let_go.set)
        self._hub = hub

    async def send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        if self.gone:
            raise OSError
        self.received.append(message)

    def enter(self) -> "Client":
        self._hub.enter(self.viewer)
        return self

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(message["text"]) for message in self.received]

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames]


@contextlib.asynccontextmanager
async def running_hub() -> AsyncIterator[Hub]:
    hub = Hub()
    running = asyncio.create_task(hub.run())
    yield hub
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def until(condition: Any) -> None:
    """Lets the loop turn until the condition holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        for _turn in itertools.count():
            if condition():
                return
            await asyncio.sleep(0)


async def test_a_viewer_gets_the_snapshot_and_then_updates() -> None:
    async with running_hub() as hub:
        hub.show(board(1))
        client = Client(hub).enter()
        assert [(frame["type"], frame["seq"]) for frame in client.frames] == [("snapshot", 1)]
        hub.show(board(2))
        await until(lambda: client.seqs == [1, 2])
        assert client.frames[1]["type"] == "update"


async def test_who_comes_before_the_first_board_gets_it_as_snapshot() -> None:
    async with running_hub() as hub:
        client = Client(hub).enter()
        hub.show(board(1))
        await until(lambda: [frame["type"] for frame in client.frames] == ["snapshot"])


async def test_each_audience_gets_its_own_bytes() -> None:
    async with running_hub() as hub:
        clients = [Client(hub, audience=audience).enter() for audience in Audience]
        hub.show(board(1))
        await until(lambda: all(client.received for client in clients))
        assert [client.frames[0]["of"] for client in clients] == [audience.value for audience in Audience]


async def test_an_older_board_is_not_shown_after_a_newer_one() -> None:
    async with running_hub() as hub:
        client = Client(hub).enter()
        hub.show(board(5, epoch=2))
        await until(lambda: client.seqs == [5])
        hub.show(board(9, epoch=1))
        hub.show(board(4, epoch=2))
        hub.show(board(1, epoch=3))
        await until(lambda: client.seqs[-1] == 1)
        assert client.seqs == [5, 1]


async def test_a_viewer_that_does_not_read_holds_up_nobody_and_skips_to_the_newest() -> None:
    async with running_hub() as hub:
        slow, quick = Client(hub).enter(), Client(hub).enter()
        slow.reads.clear()
        for seq in range(1, 6):
            hub.show(board(seq))
            await until(lambda seq=seq: quick.seqs[-1:] == [seq])
        assert slow.received == []
        slow.reads.set()
        await until(lambda: slow.seqs == [1, 5])
        assert quick.seqs == [1, 2, 3, 4, 5]


async def test_a_viewer_that_does_not_read_for_too_long_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PATIENCE_SECONDS", 0.0)
    async with running_hub() as hub:
        slow, quick = Client(hub).enter(), Client(hub).enter()
        slow.reads.clear()
        hub.show(board(1))
        await asyncio.wait_for(slow.let_go.wait(), PATIENCE_SECONDS)
        slow.reads.set()
        hub.show(board(2))
        await until(lambda: quick.seqs == [1, 2])
        assert slow.received == []
        assert not quick.let_go.is_set()


async def test_a_closed_connection_is_let_go_and_the_others_get_their_board() -> None:
    async with running_hub() as hub:
        clients = [Client(hub).enter() for _viewer in range(3)]
        clients[1].gone = True
        hub.show(board(1))
        await until(lambda: clients[2].seqs == [1])
        assert clients[0].seqs == [1]
        assert [client.let_go.is_set() for client in clients] == [False, True, False]


async def test_a_connection_that_closes_while_it_does_not_read_is_let_go() -> None:
    async with running_hub() as hub:
        client = Client(hub).enter()
        client.reads.clear()
        hub.show(board(1))
        await until(lambda: client.viewer.sending is not None)
        client.gone = True
        client.reads.set()
        await asyncio.wait_for(client.let_go.wait(), PATIENCE_SECONDS)


async def test_who_has_left_gets_nothing_and_leaves_nothing_behind() -> None:
    async with running_hub() as hub:
        client = Client(hub).enter()
        client.reads.clear()
        hub.show(board(1))
        await until(lambda: client.viewer.sending is not None)
        hub.leave(client.viewer)
        hub.leave(client.viewer)
        client.reads.set()
        hub.show(board(2))
        await asyncio.sleep(0.01)
        assert client.received == []
        assert hub.watched == []


async def test_a_repeated_board_is_a_snapshot() -> None:
    async with running_hub() as hub:
        hub.show(board(1))
        client = Client(hub).enter()
        hub.repeat(client.viewer)
        assert [(frame["type"], frame["seq"]) for frame in client.frames] == [("snapshot", 1), ("snapshot", 1)]


async def test_a_quiet_connection_is_kept_alive_by_heartbeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 1)
    async with running_hub() as hub:
        hub.show(board(3))
        client = Client(hub).enter()
        await until(lambda: len(client.received) > 1)
        assert client.frames[1] == {"type": "heartbeat", "epoch": 1, "seq": 3}


async def test_streams_end_when_the_server_stops_and_sockets_are_left_to_it() -> None:
    async with running_hub() as hub:
        socket, stream = Client(hub).enter(), Client(hub, transport=Transport.STREAM).enter()
        hub.end_streams()
        assert (socket.let_go.is_set(), stream.let_go.is_set()) == (False, True)


async def test_a_thousand_viewers_do_not_keep_the_loop_to_themselves() -> None:
    async with running_hub() as hub:
        clients = [Client(hub).enter() for _viewer in range(1_000)]
        hub.show(board(1))
        await until(lambda: clients[0].received)
        assert not clients[-1].received
        await until(lambda: all(client.seqs == [1] for client in clients))
