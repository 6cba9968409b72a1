"""Refusals: the one way a service says no.

A service raises a named refusal; one place per surface (API, page, admin, SMS) turns it into words for a person.
The stable code is the class name in upper snake case, so the name in the code is the name a client meets.
"""

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, NamedTuple

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Detail(NamedTuple):
    """What is wrong with one field: its name, a stable lower-case code, a sentence for a person, and, where the client needs
    something to go on with, that.
    """

    field: str
    code: str
    message: str | Promise
    value: str = ""


class Refusal(Exception):
    """The base of every anticipated "no". Subclasses set `status` (HTTP) and `message`; `code` follows the name."""

    code: ClassVar[str] = "REFUSED"
    status: ClassVar[int] = 409
    message: str | Promise = _("This cannot be done right now.")

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls.__name__).upper()

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        details: Iterable[Detail] = (),
        retry_after: int | None = None,
    ) -> None:
        """`retry_after` is in whole seconds and becomes the Retry-After header."""
        if message is not None:
            self.message = message
        self.details = tuple(details)
        self.retry_after = retry_after
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


def all_refusals() -> Iterator[type[Refusal]]:
    """Every refusal class that has been imported, for the documentation of error codes and its test."""
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        waiting.extend(subclasses)
        yield from subclasses


class Malformed(Refusal):
    status = 400
    message = _("The request could not be read.")


class AuthRequired(Refusal):
    status = 401
    message = _("Sign in first.")


class InvalidCredentials(Refusal):
    status = 401
    message = _("This e-mail and password do not match.")


class InvalidToken(Refusal):
    status = 401
    message = _("This token is not valid.")


class TokenExpired(Refusal):
    status = 401
    message = _("This token has expired.")


class InvalidApiKey(Refusal):
    status = 401
    message = _("This API key is not valid.")


class MfaRequired(Refusal):
    """The password was right; the second step is still to come. Its details carry the challenge."""

    status = 401
    message = _("Now the second step: send the challenge with a code of your app, or a recovery code.")


class SecondFactorMissing(MfaRequired):
    """The role asks for two-step sign-in (MFA_REQUIRED_ROLES), and the account has not set it up."""

    code = MfaRequired.code
    status = 403
    message = _("Your role works with two-step sign-in. Set it up on your security page, then go on.")


class Forbidden(Refusal):
    status = 403
    message = _("You are not allowed to do this.")


class InsufficientScope(Refusal):
    status = 403
    message = _("This key or account does not have the scope this needs.")


class NotFound(Refusal, Http404):
    """Django's own, too: a page that lets it pass is answered as an address that nobody has."""

    status = 404
    message = _("There is nothing here.")


class MethodNotAllowed(Refusal):
    status = 405
    message = _("This address does not answer that method.")


class NotAcceptable(Refusal):
    status = 406
    message = _("This address cannot answer in the format you asked for.")


class Conflict(Refusal):
    status = 409
    message = _("This conflicts with what is stored.")


class IdempotencyMismatch(Refusal):
    status = 409
    message = _("This Idempotency-Key was used before with another body.")


class LinkSpent(Refusal):
    status = 410
    message = _("This link has expired or was used before.")


class StaleVersion(Refusal):
    status = 412
    message = _("Someone changed this since you loaded it. Load it again and repeat your change.")


class PayloadTooLarge(Refusal):
    status = 413
    message = _("This is larger than the address accepts.")


class UnsupportedMediaType(Refusal):
    status = 415
    message = _("This address does not read that content type.")


class ValidationError(Refusal):
    status = 422
    message = _("Some values are not valid.")


class UnknownField(Refusal):
    status = 422
    message = _("The body has fields this address does not know.")


class RateLimitExceeded(Refusal):
    status = 429
    message = _("Too many requests. Wait a moment and try again.")


class Unavailable(Refusal):
    status = 503
    message = _("This is not available for a moment. Try again shortly.")


class InternalError(Refusal):
    """What a client is told about a fault of ours; raised by nobody."""

    status = 500
    message = _("Something went wrong on our side. Try again in a moment.")
