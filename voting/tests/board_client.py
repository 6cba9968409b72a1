"""What tests see of a leaderboard through a real socket: parsed frames, with deadlines."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from config.tests.live_server import LiveSite
from events.models import Event

PATIENCE_SECONDS = 30.0


class BoardClient:
    """A viewer. `frames` are the parsed frames in the order they came, `raw` their bytes."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []
        self.raw: list[bytes] = []

    def frame(self, *, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """The next frame. Raises TimeoutError when none comes in time."""
        text = self.connection.recv(timeout=seconds, decode=False)
        assert isinstance(text, bytes)
        self.raw.append(text)
        parsed: dict[str, Any] = json.loads(text)
        self.frames.append(parsed)
        return parsed

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Reads on until a frame fulfils the condition, and gives that one."""
        while True:
            frame = self.frame()
            if condition(frame):
                return frame

    def total(self, votes: int) -> dict[str, Any]:
        """Reads on until the board shows this many votes."""
        return self.until(lambda frame: frame.get("total") == votes)

    def say(self, message: object) -> None:
        self.connection.send(json.dumps(message))


@contextmanager
def watching(site: LiveSite, event: Event, *, query: str = "") -> Iterator[BoardClient]:
    """A socket on the event's leaderboard; waits while all workers are being replaced."""
    address = f"{site.ws_url}/ws/events/{event.public_id}/leaderboard{query}"
    with connect(address, compression=None, open_timeout=180) as connection:
        yield BoardClient(connection)


def votes_by_artist(frame: dict[str, Any]) -> dict[str, int]:
    """The figures of a frame, by the artist's public id."""
    return {row["artist"]["id"]: row["votes"] for row in frame["standings"]}
