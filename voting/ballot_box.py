"""The ballot box: the one way in which a vote becomes a ballot, whatever carried it.

Votes that wait at the same moment are stored by one statement in one transaction, and each is answered after that commit
with its own outcome. Every process has one box; synchronous code uses `cast_sync`.

Counting is exact because a batch first takes its rounds' advisory locks, shared, and only then runs the statement that
checks and stores. Closing a round takes the same lock exclusively (`hold_still`): it waits for the batches in flight, and
every batch after it sees a closed round. Lock and check in one statement would not do: its snapshot is older than its lock.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import psycopg
from asgiref.sync import async_to_sync
from django.db import connection as django_connection
from psycopg import errors

from config.lib.batching import Batcher
from config.lib.errors import Unavailable
from config.lib.raw_connection import RawConnection
from messaging.reply_sql import insert_replies
from voting import relay
from voting.vote import REFUSALS, Answer, Outcome, Verdict, Vote

logger = logging.getLogger(__name__)

BATCH_SIZE: Final = 500
QUEUE_SIZE: Final = 20_000
ATTEMPTS: Final = 5
_LOCK_PATIENCE = "3s"  # a batch never waits longer for whoever closes a round
_LOCK_SPACE: Final = 0x766F7465  # "vote": first half of the advisory lock's key, the round is the second
_LOCK_KEYS: Final = 2**31

# Looking single rows up by index is what stays fast at any size. The plan is kept while tables grow, so it may not depend on
# their size today: no sequential scan, OFFSET 0, which keeps the planner from turning a look-up into a join of whole tables,
# and IS NOT DISTINCT FROM, which no index serves, where one by a round or an event would find all of its rows.
_LOCK = """
SELECT set_config('lock_timeout', %(patience)s, true), set_config('enable_seqscan', 'off', true),
    pg_advisory_xact_lock_shared(%(space)s, key)
FROM unnest(%(keys)s::int[]) AS key"""
_HOLD = "SELECT pg_advisory_xact_lock(%s, %s)"

# Rows go in by round and attendee, so that two processes never wait for each other in a circle; the tally after them all.
_CAST = """
WITH vote AS (
    SELECT * FROM unnest({arrays}) WITH ORDINALITY AS given ({columns}, n)
), judged AS (
    SELECT vote.*, decode(vote.hex, 'hex') AS source, attendee.id AS attendee_id, entry.id AS entry_id, round.event_id,
        CASE
            WHEN vote.refused <> '' THEN vote.refused
            WHEN attendee.status IS DISTINCT FROM 'confirmed' THEN 'ATTENDEE_NOT_CONFIRMED'
            WHEN event.status IS DISTINCT FROM 'live' THEN 'EVENT_NOT_LIVE'
            WHEN round.status <> 'open' OR round.closes_at <= vote.received_at THEN 'ROUND_CLOSED'
            WHEN entry.id IS NULL THEN 'ARTIST_NOT_IN_ROUND'
            ELSE ''
        END AS reason
    FROM vote
    LEFT JOIN LATERAL (
        SELECT id, event_id, status, closes_at FROM voting_round WHERE id = vote.round_id OFFSET 0
    ) AS round ON true
    LEFT JOIN LATERAL (SELECT status FROM events_event WHERE id = round.event_id OFFSET 0) AS event ON true
    LEFT JOIN LATERAL (
        SELECT id, status FROM events_attendee
        WHERE id = vote.voter AND event_id IS NOT DISTINCT FROM round.event_id OFFSET 0
    ) AS attendee ON true
    LEFT JOIN LATERAL (
        SELECT id FROM voting_entry WHERE id = vote.choice AND round_id IS NOT DISTINCT FROM round.id OFFSET 0
    ) AS entry ON true
), stored AS (
    INSERT INTO voting_ballot (receipt, round_id, attendee_id, entry_id, channel, source, received_at, state, reason)
    SELECT receipt, round_id, attendee_id, entry_id, channel, source, received_at,
        CASE reason WHEN '' THEN 'accepted' ELSE 'rejected' END, reason
    FROM judged WHERE event_id IS NOT NULL ORDER BY round_id, attendee_id, n
    ON CONFLICT DO NOTHING
    RETURNING receipt, round_id, attendee_id, entry_id, channel, source, state
), counted AS (
    INSERT INTO voting_tally AS tally (round_id, entry_id, channel, votes)
    SELECT round_id, entry_id, channel, count(*) FROM stored WHERE state = 'accepted'
    GROUP BY round_id, entry_id, channel ORDER BY round_id, entry_id, channel
    ON CONFLICT (round_id, entry_id, channel) DO UPDATE SET votes = tally.votes + excluded.votes
), missed AS (
    SELECT * FROM judged WHERE reason = '' AND receipt NOT IN (SELECT receipt FROM stored)
), standing AS (
    SELECT missed.n, found.receipt, found.source <> missed.source AS came_otherwise
    FROM missed CROSS JOIN LATERAL (
        SELECT receipt, source FROM stored AS batch WHERE batch.state = 'accepted'
            AND batch.round_id = missed.round_id AND batch.attendee_id = missed.attendee_id
        UNION ALL
        SELECT receipt, source FROM voting_ballot WHERE source = missed.source AND state <> 'rejected'
        UNION ALL
        SELECT receipt, source FROM voting_ballot WHERE attendee_id = missed.attendee_id
            AND round_id IS NOT DISTINCT FROM missed.round_id AND state IN ('accepted', 'quarantined')
        LIMIT 1
    ) AS found
), repeated AS (
    INSERT INTO voting_ballot (receipt, round_id, attendee_id, entry_id, channel, source, received_at, state, reason)
    SELECT missed.receipt, round_id, attendee_id, entry_id, channel, source, received_at, 'rejected', 'DUPLICATE'
    FROM missed JOIN standing USING (n) WHERE came_otherwise ORDER BY source
    ON CONFLICT DO NOTHING
), settled AS (
    SELECT judged.*, CASE reason WHEN '' THEN COALESCE(standing.receipt, judged.receipt) ELSE '' END AS told,
        CASE
            WHEN reason <> '' THEN reason
            WHEN standing.receipt IS NOT NULL THEN 'duplicate'
            WHEN judged.receipt IN (SELECT receipt FROM stored) THEN 'accepted'
        END AS verdict
    FROM judged LEFT JOIN standing USING (n)
)"""
_TOLD = " SELECT n, verdict, told, event_id FROM settled ORDER BY n"
_REPLY = """, reply AS (
    SELECT settled.*, words.kind, replace(words.text, '{receipt}', told) AS text
    FROM settled CROSS JOIN LATERAL jsonb_to_record(answers -> verdict) AS words (kind text, text text)
    WHERE inbound_id IS NOT NULL AND verdict IS NOT NULL ORDER BY inbound_id
), answered AS ("""
_TOLD_AND_REPLIED = """)
SELECT n, verdict, told, event_id FROM settled UNION ALL
SELECT NULL, CASE state WHEN 'answered' THEN text ELSE '' END, '', reply_to_id FROM answered ORDER BY n"""

_COLUMNS: Final = {
    "receipt": "text",
    "round_id": "bigint",
    "voter": "bigint",
    "choice": "bigint",
    "channel": "text",
    "hex": "text",
    "received_at": "timestamptz",
    "refused": "text",
}
_REPLY_COLUMNS: Final = {
    "inbound_id": "bigint",
    "address_id": "bigint",
    "sender_id": "bigint",
    "public_id": "text",
    "topic": "text",
    "language": "text",
    "decision": "jsonb",
    "answers": "jsonb",
}


def _statement(columns: Mapping[str, str], rest: str) -> str:
    """`_CAST` over these columns (name → type), and what comes after it."""
    arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in columns.items())
    return _CAST.replace("{arrays}", arrays).replace("{columns}", ", ".join(columns)) + rest


_OUTCOMES = _statement(_COLUMNS, _TOLD)
_OUTCOMES_AND_REPLIES = _statement(_COLUMNS | _REPLY_COLUMNS, _REPLY + insert_replies("reply") + _TOLD_AND_REPLIED)

# Tried again as they are: the other transaction has ended, and nothing of ours was stored.
_TRANSIENT: Final = (errors.DeadlockDetected, errors.SerializationFailure)

Result = Outcome | Exception


class _Told(NamedTuple):
    """What the statement says of one vote; `reply` is None where the text that carried it has no new reply.

    `verdict` is None where another process stored a ballot of the same attendee or source at the same moment: it is
    committed by now, and the next pass sees it.
    """

    verdict: str | None
    receipt: str
    event_id: int | None
    reply: str | None

    def outcome(self, vote: Vote) -> Outcome:
        assert self.verdict is not None
        refusal = REFUSALS.get(self.verdict)
        verdict = Verdict.REFUSED if refusal else Verdict(self.verdict)
        answer: Answer | None = None
        if vote.replies and self.reply is not None:
            answer = Answer(vote.replies.answers[self.verdict].kind, self.reply)
        return Outcome(verdict, receipt=self.receipt, refusal=refusal, reply=answer)


def _lock_key(round_id: int) -> int:
    """Two rounds may share a key; then they merely wait for each other."""
    return round_id % _LOCK_KEYS


def _array(values: Iterable[object]) -> str:
    """A PostgreSQL array literal of values that need no quoting: numbers, ids, codes, hexadecimals, ISO times.

    psycopg's own lists take seven times as long, which every vote would pay.
    """
    return "{" + ",".join(map(str, values)) + "}"


def _parameters(votes: Sequence[Vote]) -> dict[str, Any]:
    """The columns of the votes."""
    return {
        "receipt": _array(vote.receipt for vote in votes),
        "round_id": _array(vote.round_id for vote in votes),
        "voter": _array(vote.attendee_id for vote in votes),
        "choice": _array(vote.entry_id or "NULL" for vote in votes),
        "channel": _array(vote.channel for vote in votes),
        "hex": _array(vote.source.hex() for vote in votes),
        "received_at": _array(vote.received_at.isoformat() for vote in votes),
        "refused": _array(vote.refused or '""' for vote in votes),
    }


def _reply_parameters(votes: Sequence[Vote]) -> dict[str, Any]:
    """The columns of the replies, NULL for votes that did not come as texts."""
    replies = [vote.replies for vote in votes]
    parameters: dict[str, Any] = {
        name: [getattr(each, name) if each else None for each in replies] for name in _REPLY_COLUMNS
    }
    parameters["answers"] = [json.dumps(_words(each.answers)) if each else None for each in replies]
    return parameters


def _words(answers: Mapping[str, Answer]) -> dict[str, dict[str, str]]:
    return {verdict: {"kind": answer.kind, "text": answer.text} for verdict, answer in answers.items()}


async def _store_together(connect: RawConnection, votes: Sequence[Vote]) -> list[_Told]:
    """One transaction: all of the votes or none. The pipeline is one implicit transaction (libpq, 32.5), which sees the
    locks taken before its second statement begins.
    """
    statement, parameters = _OUTCOMES, _parameters(votes)
    if any(vote.replies for vote in votes):
        statement, parameters = _OUTCOMES_AND_REPLIES, parameters | _reply_parameters(votes)
    keys = sorted({_lock_key(vote.round_id) for vote in votes})
    async with connect() as connection:
        async with connection.pipeline():
            await connection.execute(_LOCK, {"patience": _LOCK_PATIENCE, "space": _LOCK_SPACE, "keys": keys})
            cursor = await connection.execute(statement, parameters)
        rows = await cursor.fetchall()
    replies = {inbound_id: text for n, text, _told, inbound_id in rows if n is None}
    return [
        _Told(verdict, told, event_id, replies.get(vote.replies.inbound_id) if vote.replies else None)
        for vote, (_n, verdict, told, event_id) in zip(votes, rows, strict=False)
    ]


async def store(connect: RawConnection, votes: Sequence[Vote], *, attempts: int = ATTEMPTS) -> list[Result]:
    """What became of each vote, in their order. Never raises: an exception stands for a vote not known to be stored.

    It is Unavailable while the database is away or overloaded, and otherwise what the database said of a vote that it
    cannot store, which takes no other vote with it. Cast again, a vote that was stored after all is a duplicate.
    """
    if not votes:
        return []
    try:
        told = await _store_together(connect, votes)
    except _TRANSIENT as error:
        logger.info("ballot_box.again", extra={"because": type(error).__name__, "votes": len(votes)})
        return await _again(connect, votes, attempts)
    except (Unavailable, psycopg.OperationalError, errors.ReadOnlySqlTransaction):
        logger.warning("ballot_box.unavailable", extra={"votes": len(votes)}, exc_info=True)
        return [Unavailable(retry_after=1) for _vote in votes]
    except psycopg.Error as error:
        if len(votes) == 1:
            return [error]
        half = len(votes) // 2  # the one that cannot be stored is found by halves
        return [*await store(connect, votes[:half]), *await store(connect, votes[half:])]
    for event_id in {each.event_id for each in told if each.verdict == Verdict.ACCEPTED and each.event_id}:
        relay.mark(event_id)
    return await _with_later_passes(connect, votes, told, attempts)


async def _again(connect: RawConnection, votes: Sequence[Vote], attempts: int) -> list[Result]:
    if attempts <= 1:
        return [Unavailable(retry_after=1) for _vote in votes]
    return await store(connect, votes, attempts=attempts - 1)


async def _with_later_passes(
    connect: RawConnection, votes: Sequence[Vote], told: Sequence[_Told], attempts: int
) -> list[Result]:
    """The outcomes, those of undecided votes from another transaction: of such a vote nothing is stored yet."""
    undecided = [vote for vote, each in zip(votes, told, strict=True) if each.verdict is None]
    later = iter(await _again(connect, undecided, attempts) if undecided else ())
    return [next(later) if each.verdict is None else each.outcome(vote) for vote, each in zip(votes, told, strict=True)]


class BallotBox:
    """A process's box, with a connection of its own. Belongs to one event loop."""

    def __init__(self) -> None:
        self._connect = RawConnection("ballot box")
        self._batches = Batcher[Vote, Outcome](self._store, batch_size=BATCH_SIZE, queue_size=QUEUE_SIZE)

    async def cast(self, vote: Vote) -> Outcome:
        """What became of the vote, after its commit. Raises Unavailable when it is not known to be stored."""
        return await self._batches.submit(vote)

    async def close(self) -> None:
        """Answer everyone who waits, then close the connection."""
        await self._batches.close()
        await self._connect.close()

    async def _store(self, votes: Sequence[Vote]) -> list[Result]:
        return await store(self._connect, votes)


def cast_sync(votes: Sequence[Vote]) -> list[Outcome]:
    """The same for synchronous code, on a connection of its own: committed on return, whatever transaction the caller is in.

    Raises the first exception that stands for a vote (see `store`); the others are stored all the same.
    """
    outcomes = async_to_sync(_store_on_own_connection)(votes)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Outcome)]


async def _store_on_own_connection(votes: Sequence[Vote]) -> list[Result]:
    connect = RawConnection("votes")
    try:
        return await store(connect, votes)
    finally:
        await connect.close()


def hold_still(round_id: int) -> None:
    """Wait for the batches in flight that hold votes of this round; later ones wait until the caller's transaction ends."""
    with django_connection.cursor() as cursor:
        cursor.execute(_HOLD, [_LOCK_SPACE, _lock_key(round_id)])
