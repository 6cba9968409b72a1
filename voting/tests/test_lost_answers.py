"""The database commits, and its answer never arrives: the vote is there, and a second try finds it."""

import asyncio

import pytest
from django.conf import settings

from config.lib.errors import Unavailable
from voting.ballot_box import BallotBox
from voting.tests.night import Night, make_night
from voting.vote import Outcome, Verdict


class Wire:
    """A connection to PostgreSQL through us, which can be cut so that the server's next answer is lost."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._cut = False
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def cut(self) -> None:
        self._cut = True

    def mend(self) -> None:
        self._cut = False

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await asyncio.gather(*self._connections)

    def _accept(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._connections.add(asyncio.create_task(self._serve(client, to_client)))

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_unix_connection(self._socket)
        there = asyncio.create_task(self._carry(client, to_server))
        while data := await server.read(65_536):
            if self._cut:  # the server has answered, so it has committed
                break
            to_client.write(data)
        to_client.close()
        to_server.close()
        await asyncio.wait([there])

    @staticmethod
    async def _carry(client: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        while data := await client.read(65_536):
            to_server.write(data)
        to_server.close()


@pytest.fixture
def night(transactional_db: None) -> Night:
    return make_night()


def test_a_vote_whose_answer_was_lost_is_found_by_the_next_try(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    warm_up, vote = night.vote(attendee=1), night.vote()
    again = night.vote(source=vote.source)

    async def scenario() -> Outcome:
        database = settings.DATABASES["default"]
        wire, box = Wire(f"{database['HOST']}/.s.PGSQL.{database['PORT']}"), BallotBox()
        port = await wire.start()
        try:
            monkeypatch.setitem(settings.DATABASES, "default", {**database, "HOST": "127.0.0.1", "PORT": port})
            await box.cast(warm_up)
            wire.cut()
            with pytest.raises(Unavailable):
                await box.cast(vote)
            wire.mend()
            return await box.cast(again)
        finally:
            await box.close()
            await wire.stop()

    assert asyncio.run(scenario()) == Outcome(Verdict.DUPLICATE, receipt=vote.receipt)
    assert night.accepted() == night.tallied() == 2
