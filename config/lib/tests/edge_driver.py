"""A tiny ASGI driver: one request in, the whole answer out, nothing in between."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from config.lib.asgi_types import ASGIApp, Message


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have lower-case names; `messages` are the raw ASGI messages; `read` counts the body parts taken."""

    status: int
    headers: dict[str, str]
    body: bytes
    messages: list[Message]
    read: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        return str(self.json["error"]["code"])


async def ask(
    app: ASGIApp,
    method: str,
    path: str,
    *,
    parts: Sequence[bytes] = (b"",),
    headers: Iterable[tuple[str, str]] = (),
    query: str = "",
    peer: str = "127.0.0.1",
    leaves_early: bool = False,
) -> Answer:
    """Send one request in `parts`; with `leaves_early` the client hangs up instead of sending the last part."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": (peer, 5000),
    }
    incoming: list[Message] = [
        {"type": "http.request", "body": part, "more_body": leaves_early or index < len(parts) - 1}
        for index, part in enumerate(parts)
    ]
    messages: list[Message] = []
    read = 0

    async def receive() -> Message:
        nonlocal read
        if read == len(incoming):
            if not leaves_early:
                await asyncio.Event().wait()  # a client that waits for its answer
            return {"type": "http.disconnect"}
        read += 1
        return incoming[read - 1]

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    return _answer(messages, read)


def _answer(messages: list[Message], read: int) -> Answer:
    start: Message = messages[0] if messages else {"status": 0, "headers": []}
    headers: dict[str, str] = {}
    for name, value in start["headers"]:
        text = value.decode("latin-1")
        known = name.decode().lower()
        headers[known] = f"{headers[known]}, {text}" if known in headers else text
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return Answer(start["status"], headers, body, messages, read)
