"""From a vote's answer to every screen: many viewers over WebSocket under a steady stream of votes."""

import json
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from django.conf import settings

from bench.night import Night, make_night, open_poll, stored, tallied
from bench.running import Drive, cpu_seconds, drive, job, median, memory_kib, percentile, request, site
from config.embedded.process import popen
from config.tests.live_server import LiveSite, eventually, free_port
from voting import relay

VIEWERS = 2_000
RATE = 200
SECONDS = 4
VOTES = RATE * SECONDS
ROUNDS = 3
CONNECTIONS = 32
PATIENCE_SECONDS = 60


@contextmanager
def _watching(port: int, path: str, viewers: int, final: int) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Viewers that have their snapshot; the file has their frames once they have ended."""
    facts = {"port": port, "path": path, "viewers": viewers, "final": final, "patience": PATIENCE_SECONDS}
    with job("bench.screens", **facts) as (command, result):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            sys.exit("The viewers could not connect.")
        yield process, result
        process.wait()


def delays(answered: list[float], frames: list[list[tuple[float, int]]]) -> Counter[int]:
    """Milliseconds from each vote's answer to each viewer's first frame that counts it, with how often they occur.

    The nth vote to be answered is the nth on the board: with few votes in flight at a time their order hardly differs.
    A frame that came before the answer counts as no delay.
    """
    found: Counter[int] = Counter()
    answered = sorted(answered)
    for viewer in frames:
        seen = 0
        for arrival, total in viewer:
            found.update(max(0, int((arrival - moment) * 1_000)) for moment in answered[seen:total])
            seen = max(seen, total)
    return found


def _share(found: Counter[int], share: float) -> int:
    wanted, so_far = share * found.total(), 0
    for milliseconds in sorted(found):
        so_far += found[milliseconds]
        if so_far >= wanted:
            return milliseconds
    return 0


def _measured(port: int, path: str, requests: list[bytes], pids: list[int]) -> tuple[Counter[int], Drive]:
    """One round: everybody watches, the votes are cast, and each viewer is asked when it saw which."""
    with _watching(port, path, VIEWERS, VOTES) as (process, result):
        used = cpu_seconds(pids)
        driven = drive(port, requests, connections=CONNECTIONS, rate=RATE)
        process.wait()
        used = cpu_seconds(pids) - used
        screens = json.loads(result.read_text())
    found = delays(driven.answered, screens["frames"])
    frames = sum(len(viewer) for viewer in screens["frames"])
    print(
        f"fan-out p50 {_share(found, 0.5):3} ms   p99 {_share(found, 0.99):4} ms   vote p99"
        f" {percentile(driven.latencies, 0.99) * 1e3:5.1f} ms   frames {frames:,}   never saw the final state:"
        f" {screens['missing']}   CPU: server {used:.1f} s, viewers {screens['cpu']:.1f} s, voters {driven.cpu:.1f} s",
        flush=True,
    )
    if screens["missing"]:
        sys.exit("WRONG: a viewer missed the final state.")
    return found, driven


def _bare_round() -> Counter[int]:
    port = free_port()
    server = popen([sys.executable, "-m", "bench.bare_server", str(port), str(settings.LEADERBOARD_INTERVAL_MS)])
    try:
        eventually(lambda: _listens(port), what="the bare server")
        print("  limit   ", end="")
        return _measured(port, "/board", [request("POST", "/vote", {"artist": 1})] * VOTES, [server.pid])[0]
    finally:
        server.kill()
        server.wait()


def _fanfare_round(served: LiveSite, night: Night) -> Counter[int]:
    poll = open_poll(night, votes=VOTES, mixed=False)
    relay.mark(night.event.pk)
    eventually(lambda: _round_shown(served, night) == poll.round.number, what="the new round on the board")
    print("  Fanfare ", end="")
    found, _driven = _measured(served.port, night.socket_path, poll.requests, served.worker_pids())
    if not VOTES == stored(poll.round) == tallied(poll.round):
        sys.exit(f"WRONG: stored {stored(poll.round)}, tallied {tallied(poll.round)} of {VOTES}")
    return found


def _round_shown(served: LiveSite, night: Night) -> int:
    answer = httpx.get(f"{served.url}{night.board_path}", timeout=10).json()
    number: int = answer["data"]["round"]
    return number


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run() -> None:
    """Prints alternating rounds and their medians."""
    print(
        f"\n# fan-out: {VIEWERS:,} viewers, {RATE} votes/s for {SECONDS} s, frames at most every"
        f" {settings.LEADERBOARD_INTERVAL_MS} ms\nLimit: a bare uvloop server in one process, votes counted in memory",
        flush=True,
    )
    night = make_night(VOTES)
    results: list[tuple[int, int, float]] = []
    with site() as served:
        eventually(lambda: len(served.worker_pids()) == served.workers, what="both workers")
        _memory(served.port, night.socket_path, served.worker_pids())
        for number in range(1, ROUNDS + 1):
            print(f"Round {number}", flush=True)
            limit = _bare_round()
            found = _fanfare_round(served, night)
            results.append((_share(found, 0.5), _share(found, 0.99), _share(found, 0.99) / max(1, _share(limit, 0.99))))
    p50, p99, ratio = (median(column) for column in zip(*results, strict=True))
    print(
        f"Median of {ROUNDS}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, {ratio:.1f} times the bare server's p99."
        " Nobody missed the final state."
    )


def _memory(port: int, path: str, pids: list[int]) -> None:
    before = memory_kib(pids)
    with _watching(port, path, VIEWERS, 0):
        print(f"Memory: {(memory_kib(pids) - before) / VIEWERS:.1f} KiB per idle socket, server side", flush=True)
