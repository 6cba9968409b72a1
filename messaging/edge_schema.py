"""The OpenAPI path items of the provider's webhooks, which no view of the API describes."""

from typing import Final

from config.lib import errors
from config.lib.api.document import Schema, error_answers, header_refs
from config.lib.errors import Refusal
from messaging.signatures import BadSignature

_FORM: Final = "application/x-www-form-urlencoded"
_SIGNATURE: Final[Schema] = {
    "name": "X-Twilio-Signature",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "Over the public address and all fields, as Twilio documents it.",
}
_REFUSALS: Final[tuple[type[Refusal], ...]] = (
    errors.Malformed,
    BadSignature,
    errors.RateLimitExceeded,
    errors.InternalError,
    errors.Unavailable,
)


def _text(description: str = "", **more: object) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def _form(required: list[str], **properties: Schema) -> Schema:
    """A form body; fields beyond those named are ignored, since Twilio adds some."""
    schema = {"type": "object", "required": required, "properties": properties, "additionalProperties": True}
    return {"required": True, "content": {_FORM: {"schema": schema}}}


_JOIN: Final[Schema] = {
    "operationId": "sms_join",
    "summary": "A text arrives (Twilio's messaging webhook)",
    "description": "Stored first, then acted on. A repeat of one MessageSid gets the first answer again.",
    "tags": ["sms"],
    "security": [],
    "parameters": [_SIGNATURE],
    "requestBody": _form(
        ["MessageSid", "From", "To"],
        MessageSid=_text(minLength=1, maxLength=64),
        From=_text(minLength=1, maxLength=254, examples=["+12025550123"]),
        To=_text(minLength=1, examples=["+12025550100"]),
        Body=_text("What the person wrote."),
        OptOutType=_text("Present where Twilio itself answered.", enum=["STOP", "START", "HELP"]),
    ),
    "responses": {
        "200": {
            "description": "The answer as TwiML, without a message where silence is the answer.",
            "headers": header_refs(),
            "content": {"text/xml": {"schema": {"type": "string"}}},
        },
        **error_answers((*_REFUSALS, errors.PayloadTooLarge)),
    },
}
_STATUS: Final[Schema] = {
    "operationId": "sms_status",
    "summary": "What became of a text (Twilio's status callback)",
    "description": "Reports may come late, twice or out of order: a later state is never overwritten by an earlier one.",
    "tags": ["sms"],
    "security": [],
    "parameters": [
        _SIGNATURE,
        {"name": "message", "in": "query", "schema": _text(), "description": "Our id of the message."},
        {"name": "attempt", "in": "query", "schema": {"type": "integer"}, "description": "Which attempt to send it."},
    ],
    "requestBody": _form(
        ["MessageSid", "MessageStatus"],
        MessageSid=_text(minLength=1, maxLength=200),
        MessageStatus=_text(minLength=1, examples=["delivered"]),
        ErrorCode=_text(examples=["30003"]),
    ),
    "responses": {"204": {"description": "Taken.", "headers": header_refs()}, **error_answers(_REFUSALS)},
}

PATHS: Final[Schema] = {"/sms/join": {"post": _JOIN}, "/sms/status": {"post": _STATUS}}
