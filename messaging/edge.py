"""`POST /sms/join` at the edge: a text arrives, its answer goes back in the same response."""

import re
from typing import Final
from urllib.parse import parse_qsl

from config.lib.edge import EdgeRequest, EdgeResponse, EdgeRoute
from config.lib.errors import Malformed
from config.lib.limits import acount
from messaging import process
from messaging.inbound_store import Arrival
from messaging.signatures import LIMIT, SIGNATURE, SIGNATURE_SETTINGS, BadSignature, is_signed
from messaging.twiml import CONTENT_TYPE, twiml

_LONGEST_ID: Final = 64
_LONGEST_ADDRESS: Final = 254
_LONGEST_OPT_OUT_TYPE: Final = 16


class Form(dict[str, str]):
    """The fields of a form; of one that was sent several times, the last value.

    `getall` is how Twilio's validator asks for every value, since the signature covers them all.
    """

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def getall(self, name: str) -> list[str]:
        if len(self) == len(self._pairs):
            return [self[name]]
        return [value for sent, value in self._pairs if sent == name]


async def join(request: EdgeRequest) -> EdgeResponse:
    """Raises BadSignature, RateLimitExceeded for too many of those, Malformed, Unavailable."""
    form = _form(request.body)
    if not _is_signed(request, form):
        raise await _unsigned(request)
    reply = await process.current().answer(_arrival(request, form))
    return EdgeResponse(200, twiml(reply.text), content_type=CONTENT_TYPE)


def _form(body: bytes) -> Form:
    return Form(parse_qsl(body.decode("latin-1"), keep_blank_values=True))


def _is_signed(request: EdgeRequest, form: Form) -> bool:
    return is_signed(
        target=f"{request.path}?{request.query_string}" if request.query_string else request.path,
        fields=form,
        signature=request.headers.get(SIGNATURE, ""),
        signature_settings=request.headers.get(SIGNATURE_SETTINGS, ""),
    )


async def _unsigned(request: EdgeRequest) -> BadSignature:
    """The refusal, counted against the address; what is signed is never counted, so it is never limited.

    Raises RateLimitExceeded.
    """
    if allowance := await acount(process.current().redis, LIMIT, request.network):
        request.counted(allowance)
    return BadSignature()


def _arrival(request: EdgeRequest, form: Form) -> Arrival:
    """The text. Fields we do not know are kept with it. Raises Malformed without an id, a sender or a receiver."""
    raw = {name: value.replace("\0", "") for name, value in form.items()}  # PostgreSQL stores no NUL
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
