"""The least a Python server can do for the fan-out: `python -m bench.bare_server PORT INTERVAL_MS`.

No HTTP parsing worth the name, no database, no Redis: a POST counts a vote in memory, and every interval each socket gets
the same ready-made frame, as large as a real one, if the count has changed. What it needs is what the sockets cost.
"""

import asyncio
import base64
import hashlib
import sys
from typing import cast

import uvloop

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
_ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"
_FILLING = b"x" * 1_250


class Board:
    """The count and who watches it."""

    def __init__(self) -> None:
        self.votes = 0
        self.watching: set[asyncio.Transport] = set()

    def frame(self) -> bytes:
        text = b'{"filling":"%b","total":%d}' % (_FILLING, self.votes)
        return b"\x81\x7e" + len(text).to_bytes(2) + text

    async def tell(self, interval: float) -> None:
        told = 0
        while True:
            await asyncio.sleep(interval)
            if told != self.votes:
                told, frame = self.votes, self.frame()
                for transport in self.watching:
                    transport.write(frame)


class Connection(asyncio.Protocol):
    """A client that votes or watches: whatever its first bytes say."""

    transport: asyncio.Transport

    def __init__(self, board: Board) -> None:
        self.board = board

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"POST"):
            self.board.votes += 1
            self.transport.write(_ANSWER)
        elif data.startswith(b"GET"):
            key = data.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
            accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
            head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            self.transport.write(head + b"Sec-WebSocket-Accept: %b\r\n\r\n" % accept + self.board.frame())
            self.board.watching.add(self.transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.board.watching.discard(self.transport)


async def serve(port: int, interval_ms: int) -> None:
    board = Board()
    await asyncio.get_running_loop().create_server(lambda: Connection(board), "127.0.0.1", port, backlog=4_096)
    await board.tell(interval_ms / 1_000)


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
