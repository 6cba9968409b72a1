"""Reading the leaderboard over HTTP while votes come in, beside the same server's answer to its plainest address."""

import threading

from bench.night import make_night, open_poll
from bench.running import cpu_seconds, drive, median, percentile, request, site
from config.tests.live_server import eventually

READS = 30_000
ROUNDS = 5
CONNECTIONS = 64
VOTES_PER_SECOND = 200
VOTES = 2_000


def run() -> None:
    """Prints five rounds and their medians."""
    print(
        f"\n# reads: {READS:,} GET leaderboard per round over {CONNECTIONS} connections, {VOTES_PER_SECOND} votes/s beside"
    )
    night = make_night(VOTES)
    results: list[tuple[float, float]] = []
    with site() as served:
        eventually(lambda: len(served.worker_pids()) == served.workers, what="both workers")
        for number in range(1, ROUNDS + 1):
            poll = open_poll(night, votes=VOTES, mixed=False)
            voting = threading.Thread(
                target=drive, args=(served.port, poll.requests), kwargs={"connections": 16, "rate": VOTES_PER_SECOND}
            )
            voting.start()
            used = cpu_seconds(served.worker_pids())
            driven = drive(served.port, [request("GET", night.board_path)] * READS, connections=CONNECTIONS)
            used = cpu_seconds(served.worker_pids()) - used
            voting.join()
            assert driven.statuses == {200: READS}, driven.statuses
            rate, p99 = READS / driven.seconds, percentile(driven.latencies, 0.99) * 1e3
            print(
                f"Round {number}: {rate:,.0f} reads/s   p50 {percentile(driven.latencies, 0.5) * 1e3:.1f} ms   p99"
                f" {p99:.1f} ms   CPU per 1,000: web {used / READS * 1e3:.3f} s, driver {driven.cpu / READS * 1e3:.3f} s",
                flush=True,
            )
            results.append((rate, p99))
    rate, p99 = (median(column) for column in zip(*results, strict=True))
    print(f"Median of {ROUNDS}: {rate:,.0f} reads/s, p99 {p99:.1f} ms.")
