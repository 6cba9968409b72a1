"""The second factors of an account, read: an app that makes codes (TOTP, RFC 6238), passkeys (WebAuthn), recovery codes.

allauth keeps each as a row; the services in `services/second_factor.py` write them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db.models import F, Func, JSONField, Value

from accounts.models import User

KIND: Final = Authenticator.Type
PURPOSE: Final = "mfa"  # of the key ring, which seals their secrets
STEP_SECONDS: Final = 30
DRIFT: Final = 1  # steps that a phone's clock may be off, either way (RFC 6238, section 5.2)
_KEY_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Passkey:
    """One of the account's. `key` names it in addresses."""

    key: str
    name: str
    added: datetime
    last_used: datetime | None


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """What stands between a password and the account. `codes_left` of `codes_made` recovery codes are unused."""

    app_added: datetime | None = None
    app_used: datetime | None = None
    passkeys: tuple[Passkey, ...] = ()
    codes_made: int = 0
    codes_left: int = 0

    @property
    def are_on(self) -> bool:
        return self.app_added is not None or bool(self.passkeys)


def key_of(row: Any) -> str:
    """The name of a passkey's row in addresses: a digest of the id its authenticator gave it."""
    return hashlib.sha256(str(row.data["credential"]["id"]).encode()).hexdigest()[:_KEY_LENGTH]


def rows_of(user: User) -> list[Any]:
    """The rows of allauth, the oldest first (one query)."""
    return list(Authenticator.objects.filter(user=user).order_by("pk"))


def second_factors_of(user: User) -> SecondFactors:
    """All of them (one query)."""
    rows = {kind: list(found) for kind, found in _by_kind(rows_of(user))}
    app = next(iter(rows[KIND.TOTP]), None)
    codes = next(iter(rows[KIND.RECOVERY_CODES]), None)
    wrapped = codes.wrap() if codes else None
    return SecondFactors(
        app_added=app.created_at if app else None,
        app_used=app.last_used_at if app else None,
        passkeys=tuple(_passkey(row) for row in rows[KIND.WEBAUTHN]),
        codes_made=len(wrapped.generate_codes()) if wrapped else 0,
        codes_left=len(wrapped.get_unused_codes()) if wrapped else 0,
    )


def unused_recovery_codes(user: User) -> list[str]:
    """In the clear, for nobody but their owner, who has just shown who they are."""
    row = Authenticator.objects.filter(user=user, type=KIND.RECOVERY_CODES).first()
    codes: list[str] = row.wrap().get_unused_codes() if row else []
    return codes


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step (RFC 6238, section 4.2) that `code` belongs to, the present one or a neighbour; None for a wrong code."""
    present = int(now.timestamp()) // STEP_SECONDS
    steps = range(present - DRIFT, present + DRIFT + 1)
    right = (step for step in steps if compare_user_code(actual=code, expected=code_at(secret, step)))
    return next(right, None)


def code_at(secret: str, step: int) -> str:
    """The six digits that an app shows in this step."""
    digits: str = format_hotp_value(hotp_value(secret, step))
    return digits


def with_data(**changes: Any) -> Func:
    """A row's `data` with these members put in, as an expression: what another request changes at the same time stays."""
    return Func(
        F("data"),
        Value(changes, output_field=JSONField()),
        template="%(expressions)s",
        arg_joiner=" || ",
        output_field=JSONField(),
    )


def _by_kind(rows: Iterable[Any]) -> Iterator[tuple[str, Iterator[Any]]]:
    found = list(rows)
    for kind in KIND:
        yield kind, (row for row in found if row.type == kind)


def _passkey(row: Any) -> Passkey:
    return Passkey(key_of(row), row.data["name"], row.created_at, row.last_used_at)
