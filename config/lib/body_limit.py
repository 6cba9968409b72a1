"""Bodies have a limit before anything reads them: Django under ASGI would write any length to disk first."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from config.lib.asgi_types import ASGIApp, Message, Receive, Scope, Send
from config.lib.edge import refused
from config.lib.errors import PayloadTooLarge


def limited_bodies(application: ASGIApp, *, most: int, larger: Mapping[str, int] = MappingProxyType({})) -> ASGIApp:
    """`application`, whose HTTP requests have bodies of at most `most` bytes; a larger one is 413 and not read on.

    `larger` names the paths that take more, and how much.

    To the application a body that grows too large looks like a client that left, which it knows how to clean up after.
    """

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        read = 0
        begun = False
        allowed = larger.get(scope["path"], most)

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return message if read <= allowed else {"type": "http.disconnect"}

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        if _announced(scope) > allowed:
            return await _refuse(send)
        await application(scope, counted, noticed)
        if read > allowed and not begun:
            await _refuse(send)
        return None

    return guarded


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send) -> None:
    response = refused(PayloadTooLarge())
    headers = [(b"content-type", response.content_type.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
