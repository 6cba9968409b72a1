"""The limit: pgbench, storing the same rows one by one, with the same constraints, foreign keys and triggers.

Each transaction is one statement that inserts a ballot and adds it to the tally, from a prepared statement, as a program
that answers each vote after its own commit would do at best.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench.night import Night
from config.embedded.binaries import find_postgres
from voting.models import Round, RoundStatus
from voting.tests.factories import opened

CLIENTS = (1, 8, 32, 64)
SECONDS = 3

_SCRIPT = """
WITH cast_vote AS (
    INSERT INTO voting_ballot (receipt, round_id, attendee_id, entry_id, channel, source, received_at, state, reason)
    SELECT substr(md5(random()::text || n), 1, 12), {round}, {attendee} + n, {entry} + n % {entries}, 'api',
        sha256(('bench-{round}-' || n)::bytea), now(), 'accepted', ''
    FROM nextval('bench_vote') AS n
    RETURNING round_id, entry_id, channel
)
INSERT INTO voting_tally AS tally (round_id, entry_id, channel, votes) SELECT round_id, entry_id, channel, 1 FROM cast_vote
ON CONFLICT (round_id, entry_id, channel) DO UPDATE SET votes = tally.votes + 1;
"""


class OneByOne:
    """Measures the limit on rounds of the same night."""

    def __init__(self, night: Night) -> None:
        self._night = night
        self._pgbench = find_postgres().folder / "pgbench"
        if not self._pgbench.exists():
            raise SystemExit(f"There is no pgbench beside {self._pgbench.parent}. It is needed for the limit.")

    def best_clients(self) -> tuple[int, dict[int, float]]:
        """The number of clients that stores the most, and what each number stores per second."""
        rates = {clients: self.rate(clients) for clients in CLIENTS}
        return max(rates, key=lambda clients: rates[clients]), rates

    def rate(self, clients: int) -> float:
        """Votes per second with so many clients."""
        Round.objects.filter(event=self._night.event, status=RoundStatus.OPEN).update(status=RoundStatus.CLOSED)
        round_, entries = opened(self._night.event)
        with connection.cursor() as cursor:
            cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench_vote MINVALUE 0")
            cursor.execute("ALTER SEQUENCE bench_vote RESTART WITH 0")
        script = _SCRIPT.format(
            round=round_.pk, attendee=self._night.attendees[0], entry=entries[0].pk, entries=len(entries)
        )
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(" ".join(script.split()))
            file.flush()
            return self._run(Path(file.name), clients)

    def _run(self, script: Path, clients: int) -> float:
        options = ["-n", "-M", "prepared", "-c", str(clients), "-j", "2" if clients > 1 else "1", "-T", str(SECONDS)]
        done = subprocess.run(
            [self._pgbench, *options, "-f", script, settings.DATABASE_URL],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
        found = re.search(r"tps = ([0-9.]+) \(without initial", done.stdout)
        if done.returncode or not found:
            raise SystemExit(f"pgbench failed:\n{done.stdout}{done.stderr}")
        return float(found[1])
