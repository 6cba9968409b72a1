"""What the benchmarks run and measure: the site, the drivers, processor time, memory, percentiles."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from config.tests.live_server import LiveSite

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_FIELDS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)

# The limits that hold for everyone, and would be all that is measured: one address sends everything.
RAISED_LIMITS = {"LIMIT_BAD_TOKEN": "1000000/60", "LIMIT_ROOM": "100000000/60"}


@contextmanager
def site(**variables: str) -> Iterator[LiveSite]:
    """The site with two workers and production settings, metrics over several processes and logs at level INFO on."""
    with tempfile.TemporaryDirectory(prefix="fanfare-metrics-") as metrics:
        served = LiveSite(variables={"PROMETHEUS_MULTIPROC_DIR": metrics, **RAISED_LIMITS, **variables})
        served.start()
        try:
            yield served
        finally:
            served.kill()


@dataclass(frozen=True)
class Drive:
    """What a driver measured; times in seconds."""

    seconds: float
    statuses: dict[int, int]
    latencies: list[float]
    answered: list[float]
    cpu: float


@contextmanager
def job(module: str, **facts: Any) -> Iterator[tuple[list[str], Path]]:
    """The command line of a driver program and the file its result will be in."""
    with tempfile.TemporaryDirectory(prefix="fanfare-bench-") as folder:
        result = Path(folder) / "result.json"
        if "requests" in facts:
            requests = Path(folder) / "requests"
            requests.write_bytes(b"\0".join(facts["requests"]))
            facts["requests"] = str(requests)
        description = Path(folder) / "job.json"
        description.write_text(json.dumps({**facts, "result": str(result)}))
        yield [sys.executable, "-m", module, str(description)], result


def drive(port: int, requests: Sequence[bytes], *, connections: int, rate: float = 0) -> Drive:
    """Sends the requests; `rate` per second, or as fast as answers come."""
    with job("bench.http_driver", port=port, requests=requests, connections=connections, rate=rate) as (
        command,
        result,
    ):
        subprocess.run(command, check=True)
        found = json.loads(result.read_text())
    statuses = {int(status): number for status, number in found.pop("statuses").items()}
    return Drive(statuses=statuses, **found)


def request(method: str, path: str, body: Any = None) -> bytes:
    """An HTTP/1.1 request as bytes."""
    content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if content:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time that these processes have used so far. One that has ended meanwhile counts nothing."""
    total = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def postgres_pids() -> list[int]:
    """The server's processes, on this machine. Empty when it runs elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        postmaster = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [postmaster, *map(int, children)]


def memory_kib(pids: Iterable[int]) -> int:
    """Proportional set size: what the processes occupy, shared pages counted once."""
    rollups = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids)
    return sum(int(found[1]) for found in map(_PAGE_FIELDS.search, rollups) if found)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)
