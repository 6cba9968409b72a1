"""Local servers that take mail: SMTP (RFC 5321) and Resend's HTTP API, with their failures."""

import json
import socketserver
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class SmtpServer(socketserver.ThreadingTCPServer):
    """`replies` names the reply to a command, for example {"RCPT": "550 No such mailbox"}; "" hangs up instead.

    "greeting" and "mail" stand for what it says at first and once it has read a mail.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.replies: dict[str, str] = {}
        self.mails: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: SmtpServer

    def handle(self) -> None:
        self._say(self.server.replies.get("greeting", "220 local"))
        while line := self.rfile.readline():
            command = line.decode().split()[0].upper()
            reply = self.server.replies.get(command)
            if reply == "":
                return
            if command == "DATA" and reply is None:
                self._say("354 go on")
                mail = self._read_mail()
                after = self.server.replies.get("mail", "250 taken")
                if not after:
                    return
                self.server.mails.append(mail)
                self._say(after)
            else:
                self._say(reply or "250 ok")
            if command == "QUIT":
                return

    def _read_mail(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


class ResendServer(ThreadingHTTPServer):
    """`script` says how the next requests go: a status, or "cut" to hang up; after that they succeed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Resend)
        self.script: deque[int | str] = deque()
        self.mails: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Resend(BaseHTTPRequestHandler):
    server: ResendServer

    def do_POST(self) -> None:
        mail = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        how = self.server.script.popleft() if self.server.script else 200
        if how == "cut":
            self.close_connection = True
            return
        self.server.mails.append(mail)
        body = json.dumps({"id": f"resend-{len(self.server.mails)}"} if how == 200 else {"message": "no"}).encode()
        self.send_response(int(how))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Quiet: the tests say what happened."""


@contextmanager
def running(server: SmtpServer | ResendServer) -> Iterator[None]:
    """Serving for the length of the block."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
