"""The reply to a text as SQL, for an engine that stores it in one statement with the reply's cause (the ballot box).

The table's columns stay known to messaging alone: the caller offers a CTE with the columns of `REPLY_COLUMNS`.
"""

import json
from typing import Final

from messaging.gate import Asked
from messaging.inbound import Inbound

REPLY_COLUMNS: Final = (
    "inbound_id",  # bigint: which text is answered
    "address_id",  # bigint, as in Inbound
    "sender_id",  # bigint, as in Inbound
    "public_id",  # text: config.lib.public_ids.new_public_id()
    "kind",  # text: the template's name
    "topic",  # text
    "text",  # text: the words of the answer
    "language",  # text, as in Inbound
    "decision",  # jsonb: reply_decision(inbound)
)


def insert_replies(source: str) -> str:
    """`INSERT … SELECT` of one reply for each row of the CTE named `source`.

    It returns (reply_to_id, state, text) of the rows it made. A text that has its reply already gets no second one and no
    row back: what was said then stands, and `messaging.process.current().reply_to(inbound_id)` finds it.
    """
    return f"""
INSERT INTO messaging_message (
    public_id, purpose_key, kind, purpose, channel, lane, topic, address_id, sender_id, reply_to_id,
    language, subject, text, html, headers, sealed, state, not_before, attempt, decisions,
    provider, provider_id, provider_rank, error_code, error, segments, created_at, settled_at)
SELECT r.public_id, 'reply:' || r.inbound_id, r.kind, 'reply', 'sms', 'critical', r.topic,
    r.address_id, r.sender_id, r.inbound_id, r.language, '', r.text, '', '{{}}', FALSE,
    CASE r.decision ->> 'outcome' WHEN 'allow' THEN 'answered' ELSE 'skipped' END,
    now(), 0, jsonb_build_array(r.decision), '', '', 0, '', '', 0, now(), now()
FROM {source} AS r
ON CONFLICT (purpose_key) DO NOTHING
RETURNING reply_to_id, state, text"""  # noqa: S608 - `source` is the name of the caller's own CTE, never a value


def reply_decision(inbound: Inbound) -> str:
    """The value of the `decision` column: what the gate said about answering this text, as JSON."""
    return json.dumps(inbound.decision.record(asked=Asked.ANSWER, now=inbound.received_at))
