"""Stores texts as they arrive, many in one transaction, before anything is done about them (the crash rule).

A few statements in one pipeline, which is one transaction: addresses that are new and what they had stopped, texts that are
new, and then everything the answer depends on. They are separate because a statement does not see what others committed after
it began: a text that another process stored at this moment is found by the last alone. Rows go in sorted, so that processes never deadlock.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

import psycopg
from channels.db import database_sync_to_async

from config.lib.public_ids import new_public_id
from config.lib.raw_connection import RawConnection
from messaging.models import Channel, MessageState
from messaging.services.senders import platform_sender
from messaging.suppression import digest_of

PROVIDER: Final = "twilio"  # the local phone speaks for it in development

_ADDRESSES: Final = """
INSERT INTO messaging_address (public_id, channel, value, language, time_zone, unreachable_because, created_at)
SELECT t.public_id, 'sms', t.phone, '', '', '', now()
FROM json_to_recordset(%(phones)s::json) AS t (public_id text, phone text)
WHERE NOT EXISTS (SELECT FROM messaging_address AS a WHERE a.channel = 'sms' AND a.value = t.phone)
ORDER BY t.phone
ON CONFLICT (channel, value) DO NOTHING"""

# Of phones that opted out, were forgotten, and are back: the opt-out is in force again before anything else is looked at.
_SUPPRESSED: Final = """
WITH texting AS (SELECT * FROM json_to_recordset(%(phones)s::json) AS t (phone text, digest text)),
back AS (
    DELETE FROM messaging_suppression AS s USING texting AS t
    WHERE s.digest = t.digest AND s.sender_id IS NOT NULL
    RETURNING t.phone, s.sender_id, s.since
)
INSERT INTO messaging_optout (address_id, sender_id, since)
SELECT a.id, back.sender_id, back.since
FROM back JOIN messaging_address AS a ON a.channel = 'sms' AND a.value = back.phone
ON CONFLICT (address_id, sender_id) DO NOTHING"""

_TEXTS: Final = """
INSERT INTO messaging_inboundmessage (
    provider, provider_id, address_id, sender_id, text, opt_out_type, raw, received_at, request_id)
SELECT %(provider)s, t.provider_id, a.id, s.id, t.text, t.opt_out_type, t.raw, t.received_at, t.request_id
FROM json_to_recordset(%(texts)s::json) AS t (
    provider_id text, phone text, number text, text text, opt_out_type text, raw jsonb, received_at timestamptz,
    request_id text)
JOIN messaging_address AS a ON a.channel = 'sms' AND a.value = t.phone
LEFT JOIN messaging_sender AS s ON s.channel = 'sms' AND s.value = t.number
ORDER BY t.provider_id
ON CONFLICT (provider, provider_id) DO NOTHING"""

_STORED: Final = """
SELECT i.provider_id, i.id, i.address_id, a.value, a.language, i.sender_id, coalesce(s.active, FALSE),
    coalesce(s.language, ''), coalesce(s.provider_answers_stop, FALSE), i.text, i.opt_out_type, i.received_at,
    EXISTS (SELECT FROM messaging_optout AS o WHERE o.address_id = i.address_id AND o.sender_id = i.sender_id),
    EXISTS (SELECT FROM messaging_sender AS own WHERE own.channel = 'sms' AND own.value = a.value),
    reply.kind, reply.state, reply.text
FROM messaging_inboundmessage AS i
JOIN messaging_address AS a ON a.id = i.address_id
LEFT JOIN messaging_sender AS s ON s.id = i.sender_id
LEFT JOIN messaging_message AS reply ON reply.purpose_key = 'reply:' || i.id
WHERE i.provider = %(provider)s AND i.provider_id = ANY(%(provider_ids)s::text[])"""

_REACHABLE_AGAIN: Final = """
UPDATE messaging_address SET unreachable_at = NULL, unreachable_because = ''
WHERE channel = 'sms' AND unreachable_at IS NOT NULL
    AND value IN (SELECT phone FROM json_to_recordset(%(phones)s::json) AS t (phone text))"""

_REPLY: Final = "SELECT kind, state, text FROM messaging_message WHERE purpose_key = 'reply:' || %(id)s::bigint"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A text as it arrived: who sent it to which number of ours, and all fields of the webhook."""

    provider_id: str
    phone: str
    number: str
    text: str
    opt_out_type: str
    raw: dict[str, str]
    received_at: datetime
    request_id: str


@dataclass(frozen=True, slots=True)
class StoredReply:
    """What was answered to a text before; "" where silence was the answer."""

    kind: str
    text: str

    @classmethod
    def of_row(cls, kind: str, state: str, text: str) -> "StoredReply":
        return cls(kind, text if state == MessageState.ANSWERED else "")


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text, stored, with everything its answer depends on. `sender_id` is None for a number that is not ours.

    Its first fields are the columns of `_STORED`, in their order.
    """

    provider_id: str
    id: int
    address_id: int
    phone: str
    language: str
    sender_id: int | None
    sender_active: bool
    sender_language: str
    provider_answers_stop: bool
    text: str
    opt_out_type: str
    received_at: datetime
    opted_out: bool
    from_ourselves: bool
    reply: StoredReply | None
    request_id: str


_FACTS: Final = tuple(column.name for column in fields(StoredText) if column.name not in {"reply", "request_id"})


class InboundStore:
    """Belongs to one event loop; `store` is a batcher's, one batch at a time."""

    def __init__(self, connect: RawConnection) -> None:
        self._connect = connect
        self._sender_is_there = False

    async def store(self, arrivals: Sequence[Arrival]) -> list[StoredText]:
        """The stored text of each arrival, in order; of a repeat, the one that is there. Raises Unavailable."""
        await self._ensure_sender()
        async with self._connect() as connection:
            rows = await _insert(connection, arrivals)
        return [_stored(rows[arrival.provider_id], arrival.request_id) for arrival in arrivals]

    async def reply_to(self, inbound_id: int) -> StoredReply | None:
        """What was answered to this text, once it was. Raises Unavailable."""
        async with self._connect() as connection:
            row = await (await connection.execute(_REPLY, {"id": inbound_id})).fetchone()
        return StoredReply.of_row(*row) if row else None

    async def _ensure_sender(self) -> None:
        """The platform's own number is known from the first text on."""
        if not self._sender_is_there:
            await database_sync_to_async(platform_sender, thread_sensitive=False)()
            self._sender_is_there = True


async def _insert(connection: psycopg.AsyncConnection[Any], arrivals: Sequence[Arrival]) -> dict[str, tuple[Any, ...]]:
    """Provider id → row of `_STORED`."""
    phones = sorted({arrival.phone for arrival in arrivals})
    texts = {arrival.provider_id: arrival for arrival in arrivals}
    addresses = {"phones": json.dumps([*map(_phone, phones)])}
    async with connection.pipeline():
        await connection.execute(_ADDRESSES, addresses)
        await connection.execute(_SUPPRESSED, addresses)
        await connection.execute(_REACHABLE_AGAIN, addresses)
        await connection.execute(_TEXTS, {"provider": PROVIDER, "texts": json.dumps([*map(_columns, texts.values())])})
        cursor = await connection.execute(_STORED, {"provider": PROVIDER, "provider_ids": list(texts)})
    return {row[0]: row for row in await cursor.fetchall()}


def _phone(phone: str) -> dict[str, str]:
    return {"public_id": new_public_id(), "phone": phone, "digest": digest_of(Channel.SMS, phone)}


def _columns(arrival: Arrival) -> dict[str, Any]:
    """The record of `_TEXTS`, spelled out: `asdict` copies deeply, which every text would pay."""
    return {
        "provider_id": arrival.provider_id,
        "phone": arrival.phone,
        "number": arrival.number,
        "text": arrival.text,
        "opt_out_type": arrival.opt_out_type,
        "raw": arrival.raw,
        "received_at": arrival.received_at.isoformat(),
        "request_id": arrival.request_id,
    }


def _stored(row: tuple[Any, ...], request_id: str) -> StoredText:
    *facts, kind, state, text = row
    reply = StoredReply.of_row(kind, state, text) if kind is not None else None
    return StoredText(**dict(zip(_FACTS, facts, strict=True)), reply=reply, request_id=request_id)
