"""Reading a leaderboard at the edge: `GET /api/v1/events/{id}/leaderboard`, and the same as Server-Sent Events.

Both answer with the bytes that every socket gets. Limits on reading count per event and process (a venue shares one
address), in memory: a counter in Redis would cost more than the read.
"""

import asyncio
import contextlib
import hashlib
import re
from collections import OrderedDict
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from django.utils.translation import gettext_lazy as _

from config.lib.asgi_types import Send
from config.lib.edge import EdgeRequest, EdgeResponse, EdgeRoute
from config.lib.errors import Detail, NotFound, ValidationError
from config.lib.limits import ProcessWindow
from voting import relay
from voting.board import RETRY_MS, UNNUMBERED, Board, Position, Transport, board_of
from voting.hub import Viewer
from voting.leaderboard import Audience
from voting.viewing import admit

PAST_ROUND_SECONDS: Final = 1.0
PAST_ROUNDS: Final = 256
LAST_WORDS_SECONDS: Final = 1.0


class _PastRounds:
    """Boards of rounds that are not the current one, by (event, number), for a moment each."""

    def __init__(self) -> None:
        self._boards: OrderedDict[tuple[str, int], tuple[Board, float]] = OrderedDict()

    async def board(self, event: str, number: int) -> Board:
        """Raises NotFound without such a round, Unavailable."""
        kept = self._boards.get((event, number))
        if kept and monotonic() - kept[1] < PAST_ROUND_SECONDS:
            return kept[0]
        standings = await relay.current().standings(event, number=number)
        if standings is None or standings.round is None:
            raise NotFound
        board = board_of(standings, position=UNNUMBERED, interval_ms=0)
        self._boards[event, number] = board, monotonic()
        self._boards.move_to_end((event, number))
        if len(self._boards) > PAST_ROUNDS:
            self._boards.popitem(last=False)
        return board


_reads = ProcessWindow("room")
_past_rounds = _PastRounds()


def _round_asked(request: EdgeRequest) -> int | None:
    text = request.query.get("round", "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValidationError(details=[Detail("round", "invalid", _("Use the number of a round."))])
    return int(text)


def _etag(board: Board, audience: Audience) -> str:
    """By the board's number. Without one (a past round; any while Redis is away), by all it says but the time."""
    if board.position != UNNUMBERED:
        return f'W/"{board.epoch}.{board.seq}.{audience}"'
    _as_of, _comma, rest = board.bodies[audience].partition(b",")
    return f'W/"{hashlib.sha256(rest).hexdigest()[:16]}.{audience}"'


def _unchanged(request: EdgeRequest, etag: str) -> bool:
    asked = request.headers.get("if-none-match")
    return asked is not None and (asked == "*" or etag in (tag.strip() for tag in asked.split(",")))


async def leaderboard(request: EdgeRequest) -> EdgeResponse:
    """The standings of the current round, or of `?round=n`; 304 where the client has them already."""
    event, token = request.args[0], request.query.get("viewing", "")
    request.counted(_reads.count(event))
    board, (audience, _holder) = await admit(event, token, now=request.received_at)
    number = _round_asked(request)
    if number is not None and number != board.round:
        board = await _past_rounds.board(event, number)
    etag = _etag(board, audience)
    headers = (
        ("ETag", etag),
        ("Cache-Control", "private, no-cache" if token else "public, no-cache"),
    )
    if _unchanged(request, etag):
        return EdgeResponse(304, b"", headers)
    frame = board.frame(audience, first=True)
    body = b'{"data":%b,"meta":{"request_id":"%b"},"error":null}' % (frame, request.request_id.encode())
    return EdgeResponse(200, body, headers)


def _last_seen(request: EdgeRequest) -> Position | None:
    """What `Last-Event-ID` says a client that connects again has."""
    found = re.fullmatch(r"([0-9]{1,15})\.([0-9]{1,15})", request.headers.get("last-event-id", ""))
    return (int(found[1]), int(found[2])) if found else None


async def stream(request: EdgeRequest, send: Send) -> None:
    """The frames of the WebSocket as Server-Sent Events, each with its `epoch.seq` as id, until the client leaves.

    Comments keep the connection alive. A client that has the newest frame already gets the next one only. When the server
    stops the stream ends, and the client comes back by itself.
    """
    event, token = request.args[0], request.query.get("viewing", "")
    request.counted(_reads.count(event))
    board, (audience, holder) = await admit(event, token, now=datetime.now(UTC))
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"retry: %d\n\n" % RETRY_MS, "more_body": True})
    ended = asyncio.Event()
    viewer = Viewer(event, audience, Transport.STREAM, send, ended.set, holder=holder)
    if board.position == _last_seen(request):
        viewer.position = board.position
    hub = relay.current().hub
    hub.enter(viewer)
    try:
        await ended.wait()
    finally:
        hub.leave(viewer)
    with contextlib.suppress(TimeoutError):  # one that was let go because it does not read gets no last words either
        async with asyncio.timeout(LAST_WORDS_SECONDS):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


ROUTES: Final = [
    EdgeRoute("leaderboard", ("GET",), re.compile(r"/api/v1/events/([^/]+)/leaderboard"), handle=leaderboard),
    EdgeRoute("leaderboard-stream", ("GET",), re.compile(r"/api/v1/events/([^/]+)/leaderboard/stream"), stream=stream),
]
