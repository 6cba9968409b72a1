"""Twilio's Programmable Messaging through its own SDK (https://www.twilio.com/docs/messaging/api/message-resource)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from messaging.failures import failure_of
from messaging.providers.base import (
    Accepted,
    DeliveryFailed,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
)

Answer = TypeVar("Answer")

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
_API: Final = "https://api.twilio.com"
_VALIDITY_SECONDS: Final = range(1, 36_001)  # what ValidityPeriod accepts
_CLOCKS_APART: Final = timedelta(minutes=1)
_LISTED: Final = 100
_NEVER_SENT: Final = (NewConnectionError, ConnectTimeoutError)
_TOO_MANY_REQUESTS: Final = 429
_SERVER_ERRORS: Final = 500


class ApiClient(TwilioHttpClient):  # type: ignore[misc]  # the SDK ships no types
    """The SDK's HTTP client with time-outs of ours, at the address of the settings (a local server in tests)."""

    def __init__(self) -> None:
        super().__init__()
        self.timeout = (CONNECT_SECONDS, READ_SECONDS)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, url.replace(_API, settings.TWILIO_API_URL, 1), *args, **kwargs)


def callback_address(outgoing: Outgoing) -> str:
    """Where Twilio reports on this message: it names our row, so a report that is early or alone finds it."""
    return f"{settings.PUBLIC_URL}/sms/status?" + urlencode(
        {"message": outgoing.public_id, "attempt": outgoing.attempt}
    )


class TwilioSms:
    name = "twilio"
    parallel = 10
    keeps_content = False

    def __init__(self) -> None:
        self._client = Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKENS[0], http_client=ApiClient())

    def submit(self, outgoing: Outgoing) -> Accepted:
        """`POST /Messages`. The number is given beside the messaging service, so opt-outs stay the number's own."""
        optional: dict[str, Any] = {}
        if outgoing.messaging_service:
            optional["messaging_service_sid"] = outgoing.messaging_service
        if outgoing.expires_at:
            optional["validity_period"] = _validity(outgoing.expires_at)
        message = _asked(
            lambda: self._client.messages.create(
                to=outgoing.to,
                from_=outgoing.sender,
                body=outgoing.text,
                status_callback=callback_address(outgoing),
                attempt=outgoing.attempt,
                **optional,
            )
        )
        return Accepted(message.sid, int(message.num_segments or 0))

    def look_up(self, outgoing: Outgoing, *, submitted_at: datetime, not_these: frozenset[str]) -> Accepted | NotThere:
        """Twilio keeps no reference of ours, so the newest messages to this number are compared by sender and text."""
        try:
            listed = _asked(lambda: self._client.messages.list(to=outgoing.to, limit=_LISTED))
        except DeliveryFailed as failure:
            raise TemporaryFailure(failure.code, failure.words) from failure
        since = submitted_at - _CLOCKS_APART
        recent = [message for message in listed if message.date_created and message.date_created >= since]
        for message in recent:
            ours = message.from_ in {None, outgoing.sender} and message.body == outgoing.text
            if ours and message.sid not in not_these:
                return Accepted(message.sid, int(message.num_segments or 0))
        return NotThere.UNKNOWN if len(recent) == _LISTED else NotThere.CERTAIN


def _validity(expires_at: datetime) -> int:
    seconds = int((expires_at - datetime.now(UTC)).total_seconds())
    return min(max(seconds, _VALIDITY_SECONDS.start), _VALIDITY_SECONDS.stop - 1)


def _asked(call: Callable[[], Answer]) -> Answer:
    """The answer, or the failure that this exception of the SDK means."""
    try:
        return call()
    except TwilioRestException as error:
        raise _refused(error) from error
    except requests.RequestException as error:
        raise _not_answered(error) from error
    except (TwilioException, ValueError, KeyError) as error:  # not Twilio's JSON: from something in between
        raise OutcomeUnknown("unreadable", type(error).__name__) from error


def _refused(error: TwilioRestException) -> DeliveryFailed:
    if error.status == _TOO_MANY_REQUESTS:
        return TemporaryFailure("20429", error.msg)
    code = str(error.code or "unavailable")
    if error.status >= _SERVER_ERRORS:
        return TemporaryFailure(code if failure_of(code).delays else "unavailable", error.msg)
    return (TemporaryFailure if failure_of(code).delays else PermanentFailure)(code, error.msg)


def _not_answered(error: requests.RequestException) -> DeliveryFailed:
    """Only a connection that was never made is certain not to have carried the message."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError) and isinstance(cause.reason, _NEVER_SENT):
        return TemporaryFailure("unavailable", type(cause.reason).__name__)
    return OutcomeUnknown("no_answer", type(error).__name__)
