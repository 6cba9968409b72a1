"""Two-step sign-in: adding, removing and using second factors.

The rows are allauth's. Whether an account has a factor also stands on the account itself (`second_factor_at`), written in the
same transaction under the account's row lock, so that policies ask nobody.
"""

from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Here
from accounts.audit import record
from accounts.models import Ended, User
from accounts.platform_settings import MFA_ROLES
from accounts.policies import require_admin, require_person, verified
from accounts.second_factors import KIND, key_of, rows_of, step_of, with_data
from accounts.services.notices import notify
from accounts.services.roles import NotYourself
from accounts.services.sessions import NOTHING, Gone, end_everything
from config.lib.errors import NotFound, Refusal

NAME_LENGTH: Final = 60


class InvalidCode(Refusal):
    status = 401
    message = _("This code is not right, or was used before. Wait for the next one and try again.")


class AppAlreadyOn(Refusal):
    message = _("An app makes codes for this account already. Remove it first.")


class NoSecondFactor(Refusal):
    message = _("Recovery codes stand in for an app or a passkey. Add one of those first.")


class LastSecondFactor(Refusal):
    message = _("Your role works with two-step sign-in. Add another way first, then remove this one.")


def require_addable(actor: Actor) -> None:
    """Before somebody goes to the trouble of adding one. Raises AuthRequired, InsufficientScope, EmailUnverified."""
    _owner(actor)


@transaction.atomic
def add_app(*, actor: Actor, secret: str, code: str, now: datetime, here: Here = NOTHING) -> bool:
    """An app that makes codes from `secret` (base32), shown by the `code` it makes now; whether recovery codes were made, too.

    With the first factor everything that signed in without one ends, but what `here` names. Raises AuthRequired, InsufficientScope, EmailUnverified, AppAlreadyOn, InvalidCode.
    """
    user = _locked(_owner(actor))
    if Authenticator.objects.filter(user=user, type=KIND.TOTP).exists():
        raise AppAlreadyOn
    step = step_of(secret, code, now=now)
    if step is None:
        raise InvalidCode
    data = {"secret": encrypt(secret), "last_step": step}  # the code that was just typed signs nobody in
    Authenticator.objects.create(user=user, type=KIND.TOTP, data=data, created_at=now)
    return _added(actor, user, KIND.TOTP, here=here, now=now)


@transaction.atomic
def add_passkey(*, actor: Actor, name: str, credential: dict[str, Any], now: datetime, here: Here = NOTHING) -> bool:
    """A passkey whose registration has been checked (WebAuthn, section 7.1); whether recovery codes were made, too.

    With the first factor everything that signed in without one ends, but what `here` names. Raises AuthRequired, InsufficientScope, EmailUnverified.
    """
    user = _locked(_owner(actor))
    WebAuthn.add(user, name[:NAME_LENGTH], credential)
    return _added(actor, user, KIND.WEBAUTHN, here=here, now=now)


@transaction.atomic
def rename_passkey(*, actor: Actor, key: str, name: str, now: datetime) -> None:
    """Call it something else. Raises AuthRequired, InsufficientScope, NotFound."""
    row = _passkey(_locked(require_person(actor)), key)
    Authenticator.objects.filter(pk=row.pk).update(data=with_data(name=name[:NAME_LENGTH]))
    record(actor=actor, action="user.rename_passkey", subject=row.user, now=now)


@transaction.atomic
def remove_app(*, actor: Actor, now: datetime) -> None:
    """Take the app away; recovery codes go with the last factor. Raises AuthRequired, InsufficientScope, NotFound,
    LastSecondFactor.
    """
    user = _locked(require_person(actor))
    row = Authenticator.objects.filter(user=user, type=KIND.TOTP).first()
    if row is None:
        raise NotFound
    _remove(actor, user, row, now=now)


@transaction.atomic
def remove_passkey(*, actor: Actor, key: str, now: datetime) -> None:
    """Take a passkey away; recovery codes go with the last factor. Raises AuthRequired, InsufficientScope, NotFound,
    LastSecondFactor.
    """
    user = _locked(require_person(actor))
    _remove(actor, user, _passkey(user, key), now=now)


@transaction.atomic
def renew_recovery_codes(*, actor: Actor, now: datetime) -> None:
    """Ten new ones; the old ones work no more. Raises AuthRequired, InsufficientScope, NoSecondFactor."""
    user = _locked(require_person(actor))
    if user.second_factor_at is None:
        raise NoSecondFactor
    Authenticator.objects.filter(user=user, type=KIND.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    record(actor=actor, action="user.renew_recovery_codes", subject=user, now=now)
    notify(actor=actor, user=user, template="recovery_codes_generated", now=now)


@transaction.atomic
def remove_second_factors(*, actor: Actor, user: User, now: datetime) -> None:
    """All of them, by an admin or the platform, for somebody who lost them: the password alone signs in again.

    Raises AuthRequired, SecondFactorMissing, Forbidden, NotYourself: on one's own page one shows first who one is.
    """
    require_admin(actor)
    if actor.user == user:
        raise NotYourself
    user = _locked(user)
    removed, _per_model = Authenticator.objects.filter(user=user).delete()
    if removed:
        User.objects.filter(pk=user.pk).update(second_factor_at=None)
        record(actor=actor, action="user.remove_second_factors", subject=user, now=now)
        notify(actor=actor, user=user, template="second_factors_removed", now=now)


def _owner(actor: Actor) -> User:
    """Only with a confirmed address: somebody who signed up with another's could else keep its owner out for ever."""
    require_person(actor)
    return verified(actor)


def _locked(user: User) -> User:
    """The account, with its row held: what is added and removed at the same moment comes one after the other."""
    return User.objects.select_for_update().get(pk=user.pk)


def _passkey(user: User, key: str) -> Any:
    found = (row for row in rows_of(user) if row.type == KIND.WEBAUTHN and key_of(row) == key)
    row = next(found, None)
    if row is None:
        raise NotFound
    return row


def _added(actor: Actor, user: User, kind: str, *, here: Here, now: datetime) -> bool:
    gone = Gone(sessions=0, clients=0)
    if user.second_factor_at is None:
        User.objects.filter(pk=user.pk).update(second_factor_at=now)
        gone = end_everything(user=user, because=Ended.SIGNED_OUT, now=now, keep=here)
    ended = {"sessions": gone.sessions, "clients": gone.clients}
    record(actor=actor, action="user.add_factor", subject=user, now=now, kind=kind, **ended)
    notify(actor=actor, user=user, template=f"{kind}_{'activated' if kind == KIND.TOTP else 'added'}", now=now)
    if Authenticator.objects.filter(user=user, type=KIND.RECOVERY_CODES).exists():
        return False
    RecoveryCodes.activate(user)
    record(actor=actor, action="user.add_factor", subject=user, now=now, kind=KIND.RECOVERY_CODES)
    return True


def _remove(actor: Actor, user: User, row: Any, *, now: datetime) -> None:
    others = Authenticator.objects.filter(user=user).exclude(pk=row.pk)
    is_last = not others.exclude(type=KIND.RECOVERY_CODES).exists()
    if is_last and user.role in MFA_ROLES.value():
        raise LastSecondFactor
    kind = row.type
    row.delete()
    if is_last:
        others.delete()
        User.objects.filter(pk=user.pk).update(second_factor_at=None)
    record(actor=actor, action="user.remove_factor", subject=user, now=now, kind=kind, last=is_last)
    notify(actor=actor, user=user, template=f"{kind}_{'deactivated' if kind == KIND.TOTP else 'removed'}", now=now)
