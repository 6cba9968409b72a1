"""A small HTTP/1.1 client that keeps its connections: enough for many small requests to one server at once."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body of an API answer: the envelope."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


class Client:
    """Opens a connection when all it has are busy, and keeps it. Belongs to one event loop."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    def close(self) -> None:
        for _reader, writer in self._idle:
            writer.close()

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises OSError or TimeoutError when there is no whole answer."""
        lines = [f"POST {path} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return await self._exchange("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    async def get(self, path: str) -> Answer:
        """Raises OSError or TimeoutError when there is no whole answer."""
        return await self._exchange(f"GET {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n\r\n".encode("latin-1"))

    async def _exchange(self, request: bytes) -> Answer:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = self._idle.pop() if self._idle else await self._connect()
            try:
                writer.write(request)
                answer, keep = await _read(reader)
            except asyncio.IncompleteReadError as error:
                writer.close()
                raise ConnectionError("the server closed the connection before its answer was whole") from error
            except BaseException:
                writer.close()
                raise
            if keep:
                self._idle.append((reader, writer))
            else:
                writer.close()
            return answer

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._host, self._port, ssl=self._tls)


async def _read(reader: asyncio.StreamReader) -> tuple[Answer, bool]:
    """The next answer, and whether the connection may be used again. Our server always says how long its answer is."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ", 2)[1])
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in head[1:])}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(status, body), headers.get("connection", "").lower() != "close"
