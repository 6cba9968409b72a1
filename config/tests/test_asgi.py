"""The composed application: HTTP through edge and Django, sockets nobody has, and the lifespan."""

from typing import Any

from asgiref.testing import ApplicationCommunicator
from pytest_django import Settings

from config.asgi import application
from config.lib.tests.edge_driver import ask
from config.sockets import NO_SUCH_SOCKET
from events.attendee_csv import MOST_BYTES


async def test_django_answers_behind_the_edge_with_a_request_id() -> None:
    answer = await ask(
        application, "GET", "/health/live", headers=[("Host", "localhost"), ("X-Request-Id", "from-outside-1")]
    )

    assert answer.status == 200
    assert answer.headers["x-request-id"] == "from-outside-1"


async def test_a_body_that_would_fill_the_disk_is_refused(settings: Settings) -> None:
    parts = [b"x" * settings.MOST_BODY_BYTES, b"x", b"x"]

    answer = await ask(application, "POST", "/api/v1/auth/login", parts=parts, headers=[("Host", "localhost")])

    assert (answer.status, answer.error, answer.read) == (413, "PAYLOAD_TOO_LARGE", 2)


async def test_the_largest_list_that_may_be_imported_gets_through(settings: Settings) -> None:
    """It is Django that answers, and misses the token of a form."""
    form = b"x" * 10_000  # around the file

    answer = await ask(
        application,
        "POST",
        "/admin/events/attendee/import/",
        parts=[form, b"x" * MOST_BYTES],
        headers=[("Host", "localhost")],
    )

    assert answer.status == 403


async def test_an_unknown_socket_is_accepted_and_closed_with_4404() -> None:
    communicator: Any = ApplicationCommunicator
    socket = communicator(application, {"type": "websocket", "path": "/ws/nothing", "headers": []})

    await socket.send_input({"type": "websocket.connect"})

    assert (await socket.receive_output())["type"] == "websocket.accept"
    assert await socket.receive_output() == {"type": "websocket.close", "code": NO_SUCH_SOCKET}
