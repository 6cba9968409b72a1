"""A local server that speaks Twilio's Messages resource, with its failures.

Answers have the shape of the published contract (twilio-oai, `createWithQueuedStatus`).
"""

import json
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

ACCOUNT = "AC" + "0" * 32


class TwilioServer(ThreadingHTTPServer):
    """`script` says how the next creations go, one entry each; after that they succeed.

    An entry is `(status, code)` for a refusal, or a word: "slow" takes the message and answers when `released` is set,
    "cut" takes it and hangs up, "garbage" takes it and answers something else, "gone" hangs up without taking it.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: deque[tuple[int, int] | str] = deque()
        self.taken: list[dict[str, Any]] = []
        self.requests: list[dict[str, str]] = []
        self.released = Event()
        self.listing_fails = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def take(self, fields: dict[str, str]) -> dict[str, Any]:
        """The message resource that a creation makes."""
        now = format_datetime(datetime.now(UTC))
        message: dict[str, Any] = {
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": fields["Body"],
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": fields.get("From"),
            "messaging_service_sid": fields.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "sid": f"SM{len(self.taken) + 1:032x}",
            "status": "queued",
            "subresource_uris": {},
            "to": fields["To"],
            "uri": "",
        }
        self.taken.insert(0, message)  # listed newest first
        return message


class _Handler(BaseHTTPRequestHandler):
    server: TwilioServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = dict(parse_qsl(body, keep_blank_values=True))
        self.server.requests.append(fields)
        how = self.server.script.popleft() if self.server.script else "ok"
        if isinstance(how, tuple):
            status, code = how
            return self._answer(status, {"code": code, "message": f"refused with {code}", "status": status})
        if how == "gone":
            return self._hang_up()
        message = self.server.take(fields)
        if how == "cut":
            return self._hang_up()
        if how == "slow":
            self.server.released.wait(30)
        return self._answer(201, "<html>" if how == "garbage" else message)

    def do_GET(self) -> None:
        if self.server.listing_fails:
            return self._answer(503, {"code": 20500, "message": "down", "status": 503})
        to = parse_qs(urlsplit(self.path).query)["To"][0]
        listed = [message for message in self.server.taken if message["to"] == to]
        return self._answer(200, {"messages": listed, "next_page_uri": None, "page": 0, "page_size": 100})

    def _answer(self, status: int, content: Any) -> None:
        body = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_arguments: Any) -> None:
        """Quiet: the tests say what happened."""


@contextmanager
def twilio_server() -> Iterator[TwilioServer]:
    """Running for the length of the block."""
    server = TwilioServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
