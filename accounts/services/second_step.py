"""The second step of signing in: a code of the app (once), a recovery code (once), a passkey."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.utils.translation import ngettext
from prometheus_client import Counter

from accounts import challenges
from accounts.actors import Actor
from accounts.audit import record
from accounts.models import User
from accounts.second_factors import KIND, rows_of, step_of, with_data
from accounts.services.clients import SignedIn
from accounts.services.notices import notify
from accounts.services.second_factor import InvalidCode
from accounts.services.signing_in import admit
from config.lib.errors import InvalidCredentials, InvalidToken, RateLimitExceeded, Unavailable
from config.lib.limits import count
from config.lib.outages import RETRY_SECONDS

logger = structlog.get_logger(__name__)

_REFUSED = Counter("fanfare_second_step_refused_total", "Second steps of signing in that were refused.", ["because"])
_MINUTE = 60


def use_code(*, actor: Actor, user: User, code: str, now: datetime) -> Any:
    """The factor (allauth's row) that `code` belongs to; the code is used up by this.

    Each try counts against LIMIT_SECOND_FACTOR of the account, on pages and in the API alike. Raises InvalidCode,
    RateLimitExceeded, Unavailable (Redis is away: nothing can be counted, so nobody may guess).
    """
    _count_try(f"user:{user.pk}")
    row = _spend(actor=actor, user=user, code=code, now=now)
    if row is None:
        _REFUSED.labels("wrong").inc()
        logger.info("accounts.second_step_refused", because="wrong")
        raise InvalidCode
    return row


def note_passkey(*, actor: Actor, passkey: Any, now: datetime, instead_of_password: bool = False) -> None:
    """Write down that a passkey (allauth's row) whose answer was checked has let its owner in, or shown who they are."""
    with transaction.atomic():
        Authenticator.objects.filter(pk=passkey.pk).update(last_used_at=now)
        facts = {"kind": KIND.WEBAUTHN, "alone": instead_of_password}
        record(
            actor=replace(actor, user=passkey.user), action="user.use_factor", subject=passkey.user, now=now, **facts
        )


def finish_log_in(*, actor: Actor, challenge: str, code: str, now: datetime) -> SignedIn:
    """Sign in the client whose password was right: the second half of `log_in`.

    Raises InvalidToken (also when the password has changed since), TokenExpired, InvalidCode, RateLimitExceeded, Unavailable.
    """
    said = challenges.read(challenge, now=now)
    user = User.objects.filter(public_id=said.user, is_active=True).first()
    if user is None or not said.is_of(user):
        raise InvalidToken
    _count_try(f"challenge:{said.number}")
    try:
        with transaction.atomic():
            use_code(actor=replace(actor, user=user), user=user, code=code, now=now)
            return admit(actor=actor, user=user, now=now)
    except InvalidCredentials as changed:  # another password, or suspended, since the row was read
        raise InvalidToken from changed


def _count_try(whose: str) -> None:
    allowance = count("second_factor", whose)
    if allowance is None:
        raise Unavailable(retry_after=RETRY_SECONDS)
    if allowance.exceeded:
        _REFUSED.labels("limit").inc()
        logger.warning("accounts.second_step_refused", because="limit")
        minutes = -(-allowance.reset // _MINUTE)
        sentence = ngettext(
            "Too many codes were tried. Try again in %(minutes)d minute.",
            "Too many codes were tried. Try again in %(minutes)d minutes.",
            minutes,
        )
        raise RateLimitExceeded(sentence % {"minutes": minutes}, retry_after=allowance.reset)


@transaction.atomic
def _spend(*, actor: Actor, user: User, code: str, now: datetime) -> Any:
    for row in rows_of(user):
        if (row.type == KIND.TOTP and _spend_step(row, code, now=now)) or (
            row.type == KIND.RECOVERY_CODES and row.wrap().validate_code(code)
        ):
            Authenticator.objects.filter(pk=row.pk).update(last_used_at=now)
            record(actor=replace(actor, user=user), action="user.use_factor", subject=user, now=now, kind=row.type)
            if row.type == KIND.RECOVERY_CODES:
                notify(actor=actor, user=user, template="recovery_code_used", now=now)
            return row
    return None


def _spend_step(row: Any, code: str, *, now: datetime) -> bool:
    """Whether `code` is right and of a later step than the last one used: each is good once (RFC 6238, section 5.2), which
    the database decides between two that come at the same moment.
    """
    step = step_of(decrypt(row.data["secret"]), code, now=now)
    if step is None:
        return False
    moved_on: int = Authenticator.objects.filter(pk=row.pk, data__last_step__lt=step).update(
        data=with_data(last_step=step)
    )
    return moved_on == 1
