"""The shapes of ASGI (https://asgi.readthedocs.io/en/latest/specs/www.html), for whatever speaks it without Django."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = tuple[tuple[bytes, bytes], ...]
