"""Drives a server with prepared HTTP/1.1 requests over kept-alive connections: `python -m bench.http_driver JOB`.

A program of its own and free of libraries, so that it takes little of the two cores that the server needs and says how
much that was. JOB is a JSON file: {"port", "connections", "requests": path of the requests, separated by NUL bytes,
"rate": requests per second or 0 for as fast as answers come, "result": path}. The result is JSON: {"seconds",
"statuses": {status: number}, "latencies": [seconds], "answered": [time.monotonic() of each 201], "cpu": seconds}.
"""

import json
import resource
import select
import socket
import sys
import time
from collections import Counter, deque
from pathlib import Path

READ_BYTES = 65_536
PATIENCE_SECONDS = 60.0


class Connection:
    """One kept-alive connection with at most one request in flight."""

    __slots__ = ("buffer", "due", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.due = 0.0

    def answer(self) -> int:
        """The status of the answer that has arrived whole; 0 while it has not."""
        data = self.socket.recv(READ_BYTES)
        if not data:
            raise ConnectionError("the server closed a connection")
        buffer = self.buffer = self.buffer + data if self.buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return 0
        head = buffer[:end].lower()
        length = head.find(b"content-length:")
        size = int(head[length + 15 :].split(b"\r\n", 1)[0]) if length >= 0 else 0
        if len(buffer) < end + 4 + size:
            return 0
        self.buffer = b""
        return int(buffer[9:12])


class Driver:
    """Sends every request once and measures each from the moment it was due."""

    def __init__(self, port: int, connections: int, requests: list[bytes], rate: float) -> None:
        self.idle = deque(Connection(port) for _connection in range(connections))
        self.requests = deque(requests)
        self.rate = rate
        self.statuses: Counter[int] = Counter()
        self.latencies: list[float] = []
        self.answered: list[float] = []
        self.poll = select.epoll()
        self.busy: dict[int, Connection] = {}

    def run(self) -> float:
        """Returns the seconds from the first request to the last answer."""
        for connection in self.idle:
            self.poll.register(connection.socket, select.EPOLLIN)
        began = last = time.monotonic()
        due = began
        while self.requests or self.busy:
            now = time.monotonic()
            while self.requests and self.idle and due <= now:
                self.send(due if self.rate else now)
                due = due + 1 / self.rate if self.rate else due
            wait = max(0.0, due - now) if self.rate and self.requests and self.idle else PATIENCE_SECONDS
            ready = self.poll.poll(wait)
            if not ready and wait == PATIENCE_SECONDS:
                raise TimeoutError(f"no answer for {PATIENCE_SECONDS:g} s")
            for number, _event in ready:
                self.receive(self.busy[number])
                last = time.monotonic()
        return last - began

    def send(self, due: float) -> None:
        connection = self.idle.popleft()
        connection.due = due
        self.busy[connection.socket.fileno()] = connection
        connection.socket.sendall(self.requests.popleft())

    def receive(self, connection: Connection) -> None:
        status = connection.answer()
        if not status:
            return
        now = time.monotonic()
        self.statuses[status] += 1
        self.latencies.append(now - connection.due)
        if status == 201:
            self.answered.append(now)
        del self.busy[connection.socket.fileno()]
        self.idle.append(connection)


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    requests = Path(job["requests"]).read_bytes().split(b"\0")
    driver = Driver(job["port"], job["connections"], requests, job["rate"])
    before = resource.getrusage(resource.RUSAGE_SELF)
    seconds = driver.run()
    after = resource.getrusage(resource.RUSAGE_SELF)
    result = {
        "seconds": seconds,
        "statuses": driver.statuses,
        "latencies": driver.latencies,
        "answered": driver.answered,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }
    Path(job["result"]).write_text(json.dumps(result))


if __name__ == "__main__":
    main()
