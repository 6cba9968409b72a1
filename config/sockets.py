"""WebSocket addresses nobody has."""

from typing import Any, cast

from django.urls import re_path

from config.lib.asgi_types import Receive, Scope, Send

NO_SUCH_SOCKET = 4404


async def no_such_socket(_scope: Scope, receive: Receive, send: Send) -> None:
    """Accepts and closes with 4404; refused before it is accepted, a socket would tell its client only "403"."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": NO_SUCH_SOCKET})


# Channels routes ASGI applications by Django's patterns, whose types know only views.
nowhere = re_path(r"", cast("Any", no_such_socket))
