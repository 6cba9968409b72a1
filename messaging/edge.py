"""`POST /sms/join` at the edge: a text arrives, its answer goes back in the same response."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from django.utils.datastructures import MultiValueDict

from config.lib.edge import EdgeRequest, EdgeResponse, EdgeRoute
from config.lib.errors import Malformed, RateLimitExceeded
from config.lib.limits import acount
from messaging import process
from messaging.inbound_store import Arrival
from messaging.signatures import LIMIT, SIGNATURE, SIGNATURE_SETTINGS, BadSignature, is_signed
from messaging.twiml import CONTENT_TYPE, twiml

_LONGEST_ID: Final = 64
_LONGEST_ADDRESS: Final = 254
_LONGEST_OPT_OUT_TYPE: Final = 16

Fields = Mapping[str, str] | MultiValueDict[str, str]


async def join(request: EdgeRequest) -> EdgeResponse:
    """Raises BadSignature, RateLimitExceeded for too many of those, Malformed, Unavailable."""
    fields = _fields(request.body)
    if not _is_signed(request, fields):
        raise await _unsigned(request.client)
    reply = await process.current().answer(_arrival(request, fields))
    return EdgeResponse(200, twiml(reply.text), content_type=CONTENT_TYPE)


def _fields(body: bytes) -> Fields:
    """The form's fields, with all values of those that were sent twice, since the signature covers them."""
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True)
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    several = MultiValueDict[str, str]()
    for name, value in pairs:
        several.appendlist(name, value)
    return several


def _is_signed(request: EdgeRequest, fields: Fields) -> bool:
    return is_signed(
        target=f"{request.path}?{request.query_string}" if request.query_string else request.path,
        fields=fields,
        signature=request.headers.get(SIGNATURE, ""),
        signature_settings=request.headers.get(SIGNATURE_SETTINGS, ""),
    )


async def _unsigned(client: str) -> BadSignature | RateLimitExceeded:
    """The refusal, counted against the address; what is signed is never counted, so it is never limited."""
    allowance = await acount(process.current().redis, LIMIT, client)
    return RateLimitExceeded(retry_after=allowance.reset) if allowance and allowance.exceeded else BadSignature()


def _arrival(request: EdgeRequest, fields: Fields) -> Arrival:
    """The text. Fields we do not know are kept with it. Raises Malformed without an id, a sender or a receiver."""
    raw = {name: str(value).replace("\0", "") for name, value in fields.items()}  # PostgreSQL stores no NUL
    provider_id, phone, number = (raw.get(name, "").strip() for name in ("MessageSid", "From", "To"))
    if not (0 < len(provider_id) <= _LONGEST_ID and 0 < len(phone) <= _LONGEST_ADDRESS and number):
        raise Malformed
    return Arrival(
        provider_id=provider_id,
        phone=phone,
        number=number,
        text=raw.get("Body", ""),
        opt_out_type=raw.get("OptOutType", "")[:_LONGEST_OPT_OUT_TYPE],
        raw=raw,
        received_at=request.received_at,
        request_id=request.request_id,
    )


ROUTES: Final = (EdgeRoute(name="sms-join", methods=("POST",), pattern=re.compile("/sms/join"), handle=join),)
