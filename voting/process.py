"""Voting's part of a web process: the ballot box, and what stands before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.lib import redis
from config.lib.raw_connection import RawConnection
from voting.ballot_box import BallotBox
from voting.ballot_papers import BallotPapers
from voting.whereabouts import Whereabouts


class VotingProcess:
    """Belongs to one event loop. `read` is a connection for questions, so that they never stand in the way of ballots."""

    def __init__(self) -> None:
        self.box = BallotBox()
        self.read = RawConnection("voting")
        self.papers = BallotPapers(self.read)
        self.whereabouts = Whereabouts(self.read)
        self.redis = redis.async_client()

    async def close(self) -> None:
        """Answer everyone whose vote waits, then close the connections."""
        await self.whereabouts.close()
        await self.box.close()
        await self.read.close()
        await self.redis.aclose()


_open: list[VotingProcess] = []


def current() -> VotingProcess:
    """The one that is open in this process. Raises RuntimeError outside a running web process."""
    if not _open:
        raise RuntimeError("voting's part of the process is not open")
    return _open[-1]


@asynccontextmanager
async def part() -> AsyncIterator[VotingProcess]:
    """Open for the length of the block (see config.lib.lifespan)."""
    process = VotingProcess()
    _open.append(process)
    try:
        yield process
    finally:
        _open.remove(process)
        await process.close()
