"""Sending a file to whoever asked for it, a piece at a time: an iterator that is not asynchronous would be read whole first."""

from collections.abc import AsyncIterator
from typing import IO, Final

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

_PIECE: Final = 262_144


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    read = sync_to_async(file.read, thread_sensitive=False)
    try:
        while piece := await read(_PIECE):
            yield piece
    finally:
        file.close()


def download(file: IO[bytes], *, name: str, size: int, content_type: str) -> StreamingHttpResponse:
    """`file`, of `size` bytes, to be kept under `name`; it is closed at the end, and kept in no cache."""
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        "Cache-Control": "no-store",
    }
    return StreamingHttpResponse(_pieces(file), content_type=content_type, headers=headers)
