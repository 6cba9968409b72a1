"""Votes per second over HTTP, each answered after its commit, beside storing the same rows one by one."""

import sys

from django.db import connection

from bench.limit import OneByOne
from bench.night import BAD_TOKENS, DUPLICATES, Night, Poll, make_night, open_poll, stored, tallied
from bench.running import RAISED_LIMITS, Drive, cpu_seconds, drive, median, percentile, postgres_pids, site
from config.tests.live_server import LiveSite, eventually

VOTES = 40_000
ATTENDEES = 60_000  # more than pgbench stores in its seconds
ROUNDS = 5
CONNECTIONS = 128


def _on() -> str:
    with connection.cursor() as cursor:
        names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        values = []
        for name in names:
            cursor.execute("SELECT current_setting(%s)", [name])
            values.append(f"{name} {cursor.fetchone()[0]}")
    return (
        f"PostgreSQL: {', '.join(values)}\n"
        "Site: 2 workers of uvicorn, DEBUG off, INFO logs, metrics, limits, relay and leaderboard running\n"
        "Each vote: HMAC token, foreign keys, unique token, one ballot per attendee, append-only trigger, receipt, tally,\n"
        f"answered after its commit; {DUPLICATES:.0%} duplicates and {BAD_TOKENS:.0%} bad tokens among them\n"
        f"Limits raised for the one address that sends it all: {RAISED_LIMITS}"
    )


def _verify(poll: Poll, driven: Drive) -> None:
    """Accepted = stored = tally, exactly."""
    expected = {201: poll.accepted, 200: poll.duplicates, 403: poll.bad}
    if driven.statuses != expected or not poll.accepted == stored(poll.round) == tallied(poll.round):
        sys.exit(
            f"WRONG: answered {driven.statuses}, stored {stored(poll.round)}, tallied {tallied(poll.round)}; "
            f"expected {expected}"
        )


def _round(served: LiveSite, night: Night) -> tuple[float, Drive]:
    poll = open_poll(night, votes=VOTES)
    web, database = served.worker_pids(), postgres_pids()
    before = cpu_seconds(web), cpu_seconds(database)
    driven = drive(served.port, poll.requests, connections=CONNECTIONS)
    _verify(poll, driven)
    thousands = VOTES / 1_000
    print(
        f"  Fanfare {VOTES / driven.seconds:9,.0f} votes/s   p50 {percentile(driven.latencies, 0.5) * 1e3:5.1f} ms"
        f"   p99 {percentile(driven.latencies, 0.99) * 1e3:5.1f} ms   CPU per 1,000: web"
        f" {(cpu_seconds(web) - before[0]) / thousands:.3f} s, PostgreSQL"
        f" {(cpu_seconds(database) - before[1]) / thousands:.3f} s, driver {driven.cpu / thousands:.3f} s",
        flush=True,
    )
    return VOTES / driven.seconds, driven


def run() -> None:
    """Prints five alternating rounds and their medians."""
    print(f"\n# votes: {VOTES:,} per round over {CONNECTIONS} connections\n{_on()}", flush=True)
    night = make_night(ATTENDEES)
    limit = OneByOne(night)
    clients, rates = limit.best_clients()
    print("One by one (pgbench): " + ", ".join(f"{n} clients {rate:,.0f}/s" for n, rate in rates.items()), flush=True)
    results: list[tuple[float, float, Drive]] = []
    with site() as served:
        eventually(lambda: len(served.worker_pids()) == served.workers, what="both workers")
        drive(served.port, open_poll(night, votes=2_000).requests, connections=CONNECTIONS)  # both workers warm
        for number in range(1, ROUNDS + 1):
            print(f"Round {number}", flush=True)
            one_by_one = limit.rate(clients)
            print(f"  limit   {one_by_one:9,.0f} votes/s   one by one, {clients} clients", flush=True)
            rate, driven = _round(served, night)
            results.append((rate, rate / one_by_one, driven))
    rates_per_round, ratios, drives = zip(*results, strict=True)
    print(
        f"Median of {ROUNDS}: {median(rates_per_round):,.0f} votes/s, {median(ratios):.2f} times one by one,"
        f" p50 {median([percentile(d.latencies, 0.5) for d in drives]) * 1e3:.1f} ms,"
        f" p99 {median([percentile(d.latencies, 0.99) for d in drives]) * 1e3:.1f} ms."
        " Accepted = stored = tally in every round."
    )
