"""The local phone: what a phone network does, on this machine, for development without credentials.

It takes every text and reports on it as Twilio does, with signed callbacks to our own webhook. The rows of the outbox are
what it received.
"""

from datetime import datetime
from secrets import token_hex
from typing import Final

import requests
import structlog
from django.conf import settings
from twilio.request_validator import RequestValidator

from messaging.providers.base import Accepted, NotThere, Outgoing
from messaging.providers.twilio_sms import callback_address
from messaging.segments import segments_of

logger = structlog.get_logger(__name__)

_PATIENCE_SECONDS: Final = 2.0
_REPORTS: Final = ("sent", "delivered")


class LocalPhone:
    name = "twilio"  # on its rows, as on its callbacks: it stands in for Twilio
    parallel = 4
    keeps_content = True

    def submit(self, outgoing: Outgoing) -> Accepted:
        provider_id = f"SM{token_hex(16)}"
        for status in _REPORTS:
            _report(outgoing, provider_id, status)
        return Accepted(provider_id, segments_of(outgoing.text))

    def look_up(self, outgoing: Outgoing, *, submitted_at: datetime, not_these: frozenset[str]) -> Accepted | NotThere:
        """Nothing that was cut short has been taken."""
        return NotThere.CERTAIN


def _report(outgoing: Outgoing, provider_id: str, status: str) -> None:
    """One signed callback; while our own web server is away it is lost, as it would be with Twilio after its retries."""
    url = callback_address(outgoing)
    fields = {"MessageSid": provider_id, "MessageStatus": status, "To": outgoing.to, "From": outgoing.sender}
    signature = RequestValidator(settings.TWILIO_AUTH_TOKENS[0]).compute_signature(url, fields)
    try:
        requests.post(url, data=fields, headers={"X-Twilio-Signature": signature}, timeout=_PATIENCE_SECONDS)
    except requests.RequestException as error:
        logger.info("local_phone.report_lost", status=status, because=type(error).__name__)
