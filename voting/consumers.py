"""The leaderboard over WebSocket: `WS /ws/events/{id}/leaderboard?viewing=…`.

A layer-less Channels consumer: it registers its raw ASGI send with the hub and has nothing to do with frames after that.
Any origin may connect: nothing here acts for a signed-in user, as neither cookies nor Authorization are looked at; what
a viewing token opens is open to whoever holds the token. Compression is the server's setting and stays off, as the
frames are sent once per viewer and encoded once for all of them.
"""

import asyncio
import json
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from config.lib.errors import Refusal
from voting import relay
from voting.board import Transport
from voting.hub import Viewer
from voting.viewing import admit

LONGEST_MESSAGE: Final = 512  # characters
MESSAGES: Final = 10
WITHIN_SECONDS: Final = 10.0

# Close codes: our HTTP statuses in the range that RFC 6455, section 7.4.2, leaves to applications.
REFUSED: Final = 4000
BAD_MESSAGE: Final = 4400
TOO_LARGE: Final = 4413
TOO_MANY: Final = 4429


class _Rejected(Exception):
    """The client sent what this address does not read."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def _resume_position(text: str | None) -> tuple[int, int]:
    """The (epoch, seq) of `{"type":"resume","epoch":…,"seq":…}`, the only thing a client may say."""
    if text is None:
        raise _Rejected(BAD_MESSAGE, "text frames only")
    if len(text) > LONGEST_MESSAGE:
        raise _Rejected(TOO_LARGE, "message too large")
    try:
        message = json.loads(text)
    except ValueError:
        raise _Rejected(BAD_MESSAGE, "not JSON") from None
    match message:
        case {"type": "resume", "epoch": int(epoch), "seq": int(seq), **unknown} if not unknown:
            return epoch, seq
    raise _Rejected(BAD_MESSAGE, "not a resume message")


class LeaderboardConsumer(AsyncConsumer):  # type: ignore[misc]  # Channels ships no types
    """One viewer. Refusals are close codes after the handshake: 4000 plus the HTTP status of the same refusal."""

    channel_layer_alias = "none"  # is not configured, so Channels opens no layer

    def __init__(self) -> None:
        self.viewer: Viewer | None = None
        self.let_go = False
        self.said: list[float] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The connection from its first message to its last."""
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            if not self.let_go:
                raise
        finally:
            if self.viewer is not None:
                relay.current().hub.leave(self.viewer)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without the thread hop in which Channels closes Django's connections, of which nothing here uses any."""
        handlers = {
            "websocket.connect": self.connect,
            "websocket.receive": self.receive,
            "websocket.disconnect": self.disconnect,
        }
        await handlers[message["type"]](message)

    async def connect(self, _message: dict[str, Any]) -> None:
        """Accept, then give the newest board, or close with the reason."""
        await self.send({"type": "websocket.accept"})
        event = self.scope["url_route"]["kwargs"]["event"]
        token = parse_qs(self.scope["query_string"].decode("latin-1")).get("viewing", [""])[0]
        try:
            _board, admitted = await admit(event, token, now=datetime.now(UTC))
        except Refusal as refusal:
            await self._close(REFUSED + refusal.status, refusal.code)
            return
        task = asyncio.current_task()
        assert task is not None

        def end() -> None:
            self.let_go = True
            task.cancel()

        self.viewer = Viewer(event, admitted.audience, Transport.SOCKET, self.base_send, end, holder=admitted.holder)
        relay.current().hub.enter(self.viewer)

    async def receive(self, message: dict[str, Any]) -> None:
        """A client that was away says what it saw last and gets the newest board if that is another one."""
        if self.viewer is None:
            return
        try:
            self._count_message()
            position = _resume_position(message.get("text"))
        except _Rejected as rejection:
            await self._close(rejection.code, rejection.reason)
            return
        hub = relay.current().hub
        board = hub.board(self.viewer.event)
        if board is None or board.position != position:
            hub.repeat(self.viewer)

    async def disconnect(self, _message: dict[str, Any]) -> None:
        raise StopConsumer

    def _count_message(self) -> None:
        now = monotonic()
        self.said = [moment for moment in self.said if now - moment < WITHIN_SECONDS]
        self.said.append(now)
        if len(self.said) > MESSAGES:
            raise _Rejected(TOO_MANY, "too many messages")

    async def _close(self, code: int, reason: str) -> None:
        if self.viewer is not None:
            relay.current().hub.leave(self.viewer)
            self.viewer = None
        await self.send({"type": "websocket.close", "code": code, "reason": reason})
