"""E-mail through a Django mail backend: one of django-anymail's, or SMTP."""

import smtplib
from datetime import datetime
from http import HTTPStatus
from typing import Final

import requests
from anymail.exceptions import AnymailAPIError, AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from messaging.providers.base import (
    Accepted,
    DeliveryFailed,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
)

_SMTP_PERMANENT: Final = 500  # RFC 5321, section 4.2.1: 5yz is permanent, 4yz is worth another attempt


class MailBackend:
    name = "mail_backend"
    parallel = 4
    keeps_content = False

    def submit(self, outgoing: Outgoing) -> Accepted:
        connection = _connected()
        try:
            message = _mail(outgoing, connection)
            message.send()
        except (AnymailError, smtplib.SMTPException, OSError) as error:
            raise _failure(error) from error
        finally:
            connection.close()
        status = getattr(message, "anymail_status", None)  # set by anymail's backends
        return Accepted(str(getattr(status, "message_id", None) or ""))

    def look_up(self, outgoing: Outgoing, *, submitted_at: datetime, not_these: frozenset[str]) -> Accepted | NotThere:
        """Mail cannot be looked up; its delivery events will tell, if anything does."""
        return NotThere.UNKNOWN


def _connected() -> BaseEmailBackend:
    """An open connection. Raises TemporaryFailure: nothing has been handed over yet."""
    connection: BaseEmailBackend = get_connection(settings.EMAIL_PROVIDER_BACKEND)
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryFailure("unavailable", type(error).__name__) from error
    return connection


def _mail(outgoing: Outgoing, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    headers = dict(outgoing.headers)
    message = EmailMultiAlternatives(
        subject=outgoing.subject,
        body=outgoing.text,
        from_email=headers.pop("From", "") or outgoing.sender or None,
        to=[outgoing.to],
        headers=headers,
        connection=connection,
    )
    if outgoing.html:
        message.attach_alternative(outgoing.html, "text/html")
    return message


def _failure(error: Exception) -> DeliveryFailed:
    """What a failure after the connection was made means; without an answer the outcome is unknown."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        (code, words), *_others = error.recipients.values()
        return _by_reply(code, words)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_reply(error.smtp_code, error.smtp_error)
    if isinstance(error, AnymailAPIError) and error.status_code:
        again = (
            error.status_code == HTTPStatus.TOO_MANY_REQUESTS or error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        )
        return (TemporaryFailure if again else PermanentFailure)(
            "unavailable" if again else "refused", str(error.args[:1])
        )
    if isinstance(error, AnymailError) and not isinstance(error, requests.RequestException):
        return PermanentFailure("refused", type(error).__name__)
    return OutcomeUnknown("no_answer", type(error).__name__)


def _by_reply(code: int, words: bytes | str) -> DeliveryFailed:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    if code >= _SMTP_PERMANENT:
        return PermanentFailure(str(code), text)
    return TemporaryFailure("unavailable", f"{code} {text}")
