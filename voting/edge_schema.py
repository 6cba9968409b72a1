"""The OpenAPI path items of voting's edge addresses, which no view of the API describes."""

from typing import Final

from config.lib import errors
from config.lib.api.document import JSON, Schema, answer, error_answers, header_refs
from voting.edge import VoteBody
from voting.tokens import BadToken
from voting.vote import REFUSALS

_EVENT: Final[Schema] = {
    "name": "event_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string"},
    "description": "The event's id.",
}


def _text(description: str = "", **more: object) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def _object(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": properties}


_RECEIPT: Final = _text("Tells at `/api/v1/votes/{receipt}` whether the vote is counted.")
_ACCEPTED: Final = _object(
    ["status", "receipt", "round", "artist"],
    status=_text(enum=["accepted"]),
    receipt=_RECEIPT,
    round={"type": "integer"},
    artist=_text("The artist's id."),
)
_DUPLICATE: Final = _object(["status", "receipt"], status=_text(enum=["duplicate"]), receipt=_RECEIPT)

_VOTE: Final[Schema] = {
    "operationId": "vote_cast",
    "summary": "Cast a vote",
    "description": (
        "The voting token is the authority and the vote's idempotency key. Answered after the vote is committed. Checked in "
        "this order: body, signature and expiry of the token, event live, round open, artist in the round."
    ),
    "tags": ["votes"],
    "security": [],
    "parameters": [_EVENT],
    "requestBody": {"required": True, "content": {JSON: {"schema": VoteBody.model_json_schema()}}},
    "responses": {
        "201": answer("Accepted, and counted.", _ACCEPTED, headers=["Location"]),
        "200": answer("This attendee has voted in this round; that vote stands.", _DUPLICATE),
        **error_answers(
            (
                errors.Malformed,
                BadToken,
                *REFUSALS.values(),
                errors.PayloadTooLarge,
                errors.UnsupportedMediaType,
                errors.UnknownField,
                errors.ValidationError,
                errors.RateLimitExceeded,
                errors.InternalError,
                errors.Unavailable,
            )
        ),
    },
}

_ARTIST: Final = _object(["id", "name", "slug"], id=_text(), name=_text(), slug=_text())
_ROW: Final = _object(
    ["artist", "ballot_number"],
    artist=_ARTIST,
    ballot_number={"type": "integer"},
    votes={"type": "integer", "description": "Absent while the result is withheld, like `share` and `rank`."},
    share={"type": "number", "minimum": 0, "maximum": 1},
    rank={"type": "integer", "minimum": 1, "description": "Equal votes share a rank."},
)
_FRAME: Final = _object(
    ["type", "epoch", "seq", "as_of", "round", "standings"],
    type=_text("`snapshot` is the first frame of a connection, and what GET answers.", enum=["snapshot", "update"]),
    epoch={"type": "integer", "description": "A new one means that `seq` began again."},
    seq={"type": "integer"},
    interval_ms={"type": "integer", "description": "How far apart frames are at the moment."},
    as_of=_text(format="date-time"),
    round={"type": ["integer", "null"]},
    name=_text("Of the round."),
    status={"type": ["string", "null"], "description": "Of the round."},
    closes_at={"type": ["string", "null"], "format": "date-time"},
    withheld={"type": "boolean"},
    standings={"type": "array", "items": _ROW},
    total={"type": "integer", "description": "Accepted votes; absent while the result is withheld."},
)
_VIEWING: Final[Schema] = {
    "name": "viewing",
    "in": "query",
    "schema": _text(),
    "description": "A viewing token; without one a public event is shown as to a fan.",
}
_ROUND: Final[Schema] = {
    "name": "round",
    "in": "query",
    "schema": {"type": "integer", "minimum": 0, "maximum": 9999},
    "description": "The number of a round; the current one by default.",
}
_UNSEEN: Final = (
    errors.InvalidToken,
    errors.TokenExpired,
    errors.NotFound,
    errors.RateLimitExceeded,
    errors.InternalError,
    errors.Unavailable,
)

_LEADERBOARD: Final[Schema] = {
    "operationId": "leaderboard_read",
    "summary": "The standings of a round",
    "description": "Never more than a moment behind the votes. A withheld result is not in a fan's answer at all.",
    "tags": ["votes"],
    "security": [],
    "parameters": [_EVENT, _ROUND, _VIEWING],
    "responses": {
        "200": answer("The standings.", _FRAME, headers=["ETag"]),
        "304": {"description": "Not modified", "headers": header_refs(["ETag"])},
        **error_answers((*_UNSEEN, errors.ValidationError)),
    },
}
_STREAM: Final[Schema] = {
    "operationId": "leaderboard_stream",
    "summary": "The standings as they move (Server-Sent Events)",
    "description": (
        "The frames of the WebSocket `/ws/events/{event_id}/leaderboard`. Each has `epoch.seq` as its id; a client that "
        "connects again with Last-Event-ID gets what it has not seen."
    ),
    "tags": ["votes"],
    "security": [],
    "parameters": [_EVENT, _VIEWING, {"name": "Last-Event-ID", "in": "header", "schema": _text()}],
    "responses": {
        "200": {
            "description": "An endless stream of frames.",
            "headers": header_refs(),
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **error_answers(_UNSEEN),
    },
}

PATHS: Final[Schema] = {
    "/api/v1/events/{event_id}/vote": {"post": _VOTE},
    "/api/v1/events/{event_id}/leaderboard": {"get": _LEADERBOARD},
    "/api/v1/events/{event_id}/leaderboard/stream": {"get": _STREAM},
}
