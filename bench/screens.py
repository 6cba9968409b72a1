"""Many viewers of one leaderboard over WebSocket: `python -m bench.screens JOB`.

JOB is a JSON file: {"port", "path", "viewers", "final": the total they wait for, "patience": seconds, "result": path}.
Prints "ready" once every viewer has its snapshot. The result is JSON: {"missing": viewers that never saw the final total,
"frames": [[[time.monotonic(), total], …] per viewer], "cpu": seconds}.
"""

import json
import os
import resource
import select
import socket
import sys
import time
from base64 import b64encode
from pathlib import Path

READ_BYTES = 262_144
_TOTAL = b'"total":'


class Viewer:
    """A raw WebSocket. Frames are told apart by the last total in what has arrived; what is before it is older."""

    __slots__ = ("frames", "rest", "socket")

    def __init__(self, port: int, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        key = b64encode(os.urandom(16)).decode()
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self.socket.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        self.frames: list[tuple[float, int]] = []
        self.rest = b""

    def receive(self, now: float) -> int:
        """The newest total that has arrived whole; -1 without one."""
        data = self.rest + self.socket.recv(READ_BYTES)
        at = data.rfind(_TOTAL)
        end = data.find(b"}", at) if at >= 0 else -1
        if end < 0:
            self.rest = data[-4_096:]
            return -1
        self.rest = data[end + 1 :]
        total = int(data[at + len(_TOTAL) : end])
        if not self.frames or self.frames[-1][1] != total:
            self.frames.append((now, total))
        return total


def watch(port: int, path: str, number: int, final: int, patience: float) -> list[Viewer]:
    """Connects them all, says so, and reads until all have seen `final`."""
    poll = select.epoll()
    viewers: dict[int, Viewer] = {}
    for _viewer in range(number):
        viewer = Viewer(port, path)
        viewers[viewer.socket.fileno()] = viewer
        poll.register(viewer.socket, select.EPOLLIN)
    waiting = set(viewers)
    started = set(viewers)
    deadline = time.monotonic() + patience
    while waiting and time.monotonic() < deadline:
        for descriptor, _event in poll.poll(1.0, number):
            total = viewers[descriptor].receive(time.monotonic())
            if total >= 0 and started:
                started.discard(descriptor)
                if not started:
                    print("ready", flush=True)
            if total >= final:
                waiting.discard(descriptor)
    return list(viewers.values())


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    viewers = watch(job["port"], job["path"], job["viewers"], job["final"], job["patience"])
    used = resource.getrusage(resource.RUSAGE_SELF)
    result = {
        "missing": sum(not viewer.frames or viewer.frames[-1][1] < job["final"] for viewer in viewers),
        "frames": [viewer.frames for viewer in viewers],
        "cpu": used.ru_utime + used.ru_stime,
    }
    Path(job["result"]).write_text(json.dumps(result))


if __name__ == "__main__":
    main()
