"""The instruments: what they read off the wire, and what they make of it."""

import socket
import threading
from collections.abc import Iterator

import pytest

from bench.fanout import delays
from bench.http_driver import Connection, Driver
from bench.running import percentile, request
from bench.screens import Viewer

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\nX: y\r\n\r\nbody"


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_an_answer_counts_once_it_is_whole(server: socket.socket) -> None:
    connection = Connection(server.getsockname()[1])
    far_end, _address = server.accept()
    for byte in ANSWER[:-1]:
        far_end.sendall(bytes([byte]))
        assert connection.answer() == 0
    far_end.sendall(ANSWER[-1:])
    assert connection.answer() == 201
    far_end.close()
    with pytest.raises(ConnectionError):
        connection.answer()
    connection.socket.close()


def test_the_driver_sends_every_request_once_and_counts_the_answers(server: socket.socket) -> None:
    seen: list[bytes] = []

    def serve(far_end: socket.socket) -> None:
        with far_end:
            while data := far_end.recv(65_536):
                seen.append(data)
                far_end.sendall(ANSWER)

    driver = Driver(server.getsockname()[1], connections=3, requests=[b"%d" % n for n in range(20)], rate=500)
    serving = [threading.Thread(target=serve, args=(server.accept()[0],)) for _connection in range(3)]
    for thread in serving:
        thread.start()
    seconds = driver.run()
    for connection in driver.idle:
        connection.socket.close()
    for thread in serving:
        thread.join()
    assert sorted(seen, key=int) == [b"%d" % n for n in range(20)]
    assert driver.statuses == {201: 20}
    assert len(driver.latencies) == len(driver.answered) == 20
    assert seconds >= 19 / 500
    driver.poll.close()


def test_a_viewer_reads_the_newest_whole_total(server: socket.socket) -> None:
    viewer = Viewer(server.getsockname()[1], "/")
    far_end, _address = server.accept()
    far_end.sendall(b'HTTP/1.1 101\r\n\r\n\x81\x0c{"total":1}\x81\x0c{"total":2}\x81\x0c{"tot')
    assert viewer.receive(1.0) == 2
    far_end.sendall(b'al":3}')
    assert viewer.receive(2.0) == 3
    far_end.sendall(b'\x81\x0c{"total":4')
    assert viewer.receive(3.0) == -1
    far_end.sendall(b"}")
    assert viewer.receive(4.0) == 4
    assert viewer.frames == [(1.0, 2), (2.0, 3), (4.0, 4)]
    viewer.socket.close()
    far_end.close()


def test_a_vote_is_late_until_the_first_frame_that_counts_it() -> None:
    answered = [10.000, 10.010, 10.020]
    frames = [[(9.0, 0), (10.015, 2), (10.060, 3)], [(9.0, 0), (10.100, 3)]]
    found = sorted(delays(answered, frames).elements())
    assert found == pytest.approx([5, 15, 40, 80, 90, 100], abs=1)  # rounded down to whole milliseconds


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 3), (0.99, 5), (1.0, 5)])
def test_percentiles(share: float, value: float) -> None:
    assert percentile([5, 3, 1, 4, 2], share) == value


def test_a_request_carries_its_length() -> None:
    assert request("GET", "/x") == b"GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert request("POST", "/x", {"a": 1}).endswith(b'Content-Length: 7\r\n\r\n{"a":1}')
