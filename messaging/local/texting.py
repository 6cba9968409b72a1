"""What a phone's text does on its way to us: Twilio posts it, signed, to the webhook."""

from http import HTTPStatus
from secrets import token_hex
from typing import Final

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from messaging.segments import segments_of
from messaging.signatures import SIGNATURE, signature_of

_WEBHOOK: Final = "/sms/join"
_PATIENCE_SECONDS: Final = 10.0


class NotTaken(Exception):
    """The webhook did not take the text. `words` say why, `status` is its answer's, 502 where there was none."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


def text(*, phone: str, number: str, words: str, port: int, language: str) -> None:
    """Text `words` from `phone` to our `number`, through the webhook of the server that listens on `port` of this machine.

    What is answered is stored by then. A refusal comes back in `language`. Raises NotTaken.
    """
    fields = {
        "MessageSid": f"SM{token_hex(16)}",
        "From": phone,
        "To": number,
        "Body": words,
        "NumMedia": "0",
        "NumSegments": str(segments_of(words)),
    }
    signature = signature_of(url=settings.PUBLIC_URL + _WEBHOOK, fields=fields)
    try:
        answer = requests.post(
            f"http://127.0.0.1:{port}{_WEBHOOK}",
            data=fields,
            headers={SIGNATURE: signature, "Accept-Language": language},
            timeout=_PATIENCE_SECONDS,
        )
    except requests.RequestException as error:
        reason = type(error).__name__
        words = _("The webhook did not answer (%(reason)s). Nothing was sent.") % {"reason": reason}
        raise NotTaken(words, HTTPStatus.BAD_GATEWAY) from error
    if answer.status_code != HTTPStatus.OK:
        raise NotTaken(_refusal(answer), answer.status_code)


def _refusal(answer: requests.Response) -> str:
    """The status and the refusal's own words; where it is not one of ours, what the status means."""
    try:
        reason = str(answer.json()["error"]["message"])
    except (requests.JSONDecodeError, KeyError, TypeError):
        reason = answer.reason
    return _("The webhook refused this text with %(status)s: %(reason)s") % {
        "status": answer.status_code,
        "reason": reason,
    }
