"""A body that is too large is refused before anything keeps it."""

from config.lib.asgi_types import Message, Receive, Scope, Send
from config.lib.body_limit import limited_bodies
from config.lib.tests.edge_driver import ask

taken: list[bytes] = []


async def keep(scope: Scope, receive: Receive, send: Send) -> None:
    taken.clear()
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            return
        taken.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"".join(taken)})


app = limited_bodies(keep, most=10, larger={"/pictures": 20})


async def test_a_body_within_the_limit_passes() -> None:
    assert (await ask(app, "POST", "/", parts=[b"12345", b"67890"])).body == b"1234567890"


async def test_an_announced_one_is_refused_unread() -> None:
    answer = await ask(app, "POST", "/", parts=[b"x" * 11], headers=[("Content-Length", "11")])

    assert (answer.status, answer.error, answer.read) == (413, "PAYLOAD_TOO_LARGE", 0)


async def test_one_that_grows_is_refused_without_reading_on() -> None:
    answer = await ask(app, "POST", "/", parts=[b"x" * 8, b"x" * 8, b"x" * 8])

    assert (answer.status, answer.error, answer.read) == (413, "PAYLOAD_TOO_LARGE", 2)
    assert taken == [b"x" * 8]


async def test_a_path_may_take_more() -> None:
    assert (await ask(app, "POST", "/pictures", parts=[b"x" * 8, b"x" * 8])).body == b"x" * 16
    answer = await ask(app, "POST", "/pictures", parts=[b"x" * 8, b"x" * 8, b"x" * 8])
    assert (answer.status, answer.error) == (413, "PAYLOAD_TOO_LARGE")
    assert (await ask(app, "POST", "/pictures/", parts=[b"x" * 8, b"x" * 8])).status == 413
