"""Whether a webhook was really sent by Twilio (https://www.twilio.com/docs/usage/webhooks/webhooks-security)."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from twilio.request_validator import RequestValidator, get_signature_algorithm

from config.lib.errors import Refusal

SIGNATURE: Final = "x-twilio-signature"
SIGNATURE_SETTINGS: Final = "x-twilio-webhooks-signature-settings"
LIMIT: Final = "bad_signature"  # of failures per address


class BadSignature(Refusal):
    status = 403
    message = _("This request was not signed by the provider it claims to come from.")


@cache
def _validators(tokens: tuple[str, ...]) -> tuple[RequestValidator, ...]:
    return tuple(RequestValidator(token) for token in tokens)


def is_signed(*, target: str, fields: Mapping[str, Any], signature: str, signature_settings: str) -> bool:
    """Whether any of our tokens signed these form fields for this address; while a token is rotated there are two.

    `target` is path and query. The address is the public one of the settings: what Host says is the sender's invention,
    and behind a proxy not even the scheme is what Twilio called. `fields` tells all values of one that was sent several times
    by `getall` or `getlist`.
    """
    algorithm = get_signature_algorithm(signature_settings)
    validators = _validators(tuple(settings.TWILIO_AUTH_TOKENS))
    return any(
        validator.validate(settings.PUBLIC_URL + target, fields, signature, algorithm) for validator in validators
    )


def signature_of(*, url: str, fields: Mapping[str, str]) -> str:
    """What Twilio would write into X-Twilio-Signature, by our newest token: for whoever stands in for it."""
    signature: str = _validators(tuple(settings.TWILIO_AUTH_TOKENS))[0].compute_signature(url, dict(fields))
    return signature
