"""Showing that a phone is one's own: a code is texted to it, and typed here.

A code works for ten minutes and five attempts, and each account has one at a time. Who gets how many codes is limited per
account, per phone and per network address (`LIMIT_PHONE_CODE_…`): texts cost money, and ring somebody's phone. That a phone
is another account's already is told only to who has shown to hold it, so nobody can ask whose phones have an account.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import phonenumbers
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumbers import PhoneNumberType

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import MOST_ATTEMPTS, PhoneCode, User
from accounts.policies import require_person
from accounts.services.profile import phone_number
from accounts.texting import text_backend
from config.lib.client_address import network_of
from config.lib.constraints import broken_by
from config.lib.errors import Detail, RateLimitExceeded, Refusal, Unavailable, ValidationError
from config.lib.limits import count
from config.lib.secrets import keys_for

LASTS: Final = timedelta(minutes=10)
DIGITS: Final = 6
_PURPOSE: Final = "accounts.phone_code"  # of the keys its hash is made with
_RETRY_SECONDS: Final = 5
# Types of numbers (libphonenumber) that no person reads texts on, or that charge whoever texts them.
_NOT_TEXTED: Final = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.PAGER,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


class PhoneAlreadyVerified(Refusal):
    status = 409
    message = gettext_lazy("This phone is verified already.")


class PhoneTaken(Refusal):
    status = 409
    message = gettext_lazy("This phone belongs to another account. Sign in there, or use another phone.")


class PhoneCodeWrong(Refusal):
    status = 422
    message = gettext_lazy("This is not the code we sent last. Look again.")


class PhoneCodeExpired(Refusal):
    status = 409
    message = gettext_lazy("This code works no more. Ask for a new one.")


@dataclass(frozen=True, slots=True)
class CodeSent:
    """Where a code is on its way to, and until when it works."""

    phone: str
    expires_at: datetime


def pending_code(*, user: User, now: datetime) -> CodeSent | None:
    """The code that may still be typed; one query."""
    code = PhoneCode.objects.filter(user=user, expires_at__gt=now, attempts__lt=MOST_ATTEMPTS).first()
    return CodeSent(code.phone, code.expires_at) if code else None


def ask_for_code(*, actor: Actor, phone: str | None, now: datetime) -> CodeSent:
    """Text a code to `phone`, or to the profile's where it is None. The code before works no more.

    Raises AuthRequired, InsufficientScope, ValidationError, PhoneAlreadyVerified, RateLimitExceeded, Unavailable, and what
    `text_secret` raises.
    """
    user = require_person(actor)
    number = _texted_number(user.phone if phone is None else phone)
    if user.phone_verified_at and user.phone == number:
        raise PhoneAlreadyVerified
    _count(actor, user, number)
    return _sent(actor, user, number, now)


def confirm_code(*, actor: Actor, code: str, now: datetime) -> User:
    """Make the phone the code went to the actor's verified one. Returns the user as stored.

    An attempt counts, whatever comes of it, and is committed first: of many at once no more than five are looked at. Raises
    AuthRequired, InsufficientScope, PhoneCodeExpired, PhoneCodeWrong, PhoneTaken.
    """
    user = require_person(actor)
    usable = PhoneCode.objects.filter(user=user, expires_at__gt=now, attempts__lt=MOST_ATTEMPTS)
    sent = usable.first()
    if sent is None or not usable.filter(pk=sent.pk).update(attempts=F("attempts") + 1):
        raise PhoneCodeExpired
    if not any(hmac.compare_digest(sent.digest, digest) for digest in _digests(user, sent.phone, code)):
        raise PhoneCodeWrong
    try:
        return _verified(actor, user, sent, now)
    except IntegrityError as error:
        if broken_by(error) != "user_verified_phone_is_one_persons":
            raise
        raise PhoneTaken from error


def _texted_number(phone: str) -> str:
    """In E.164. Raises ValidationError for what is no number, or none that people are texted on."""
    number = phone_number(phone)
    if not number:
        message = _("Which phone? Write it with its country, for example +12025550123.")
        raise ValidationError(details=[Detail("phone", "required", message)])
    if phonenumbers.number_type(phonenumbers.parse(number)) in _NOT_TEXTED:
        message = _("This is a number that cannot be texted without charge. Use your mobile's.")
        raise ValidationError(details=[Detail("phone", "not_a_mobile", message)])
    return number


def _count(actor: Actor, user: User, phone: str) -> None:
    """Raises RateLimitExceeded; Unavailable while nobody can count, since every text costs."""
    asked = {
        "phone_code_account": f"user:{user.pk}",
        "phone_code_address": f"address:{network_of(actor.address or '')}",
        "phone_code_number": f"phone:{phone}",
    }
    for limit, identity in asked.items():
        allowance = count(limit, identity)
        if allowance is None:
            raise Unavailable(retry_after=_RETRY_SECONDS)
        if allowance.exceeded:
            message = gettext_lazy("Too many codes were asked for. Wait a while, then ask again.")
            raise RateLimitExceeded(message, retry_after=allowance.reset)


@transaction.atomic
def _sent(actor: Actor, user: User, phone: str, now: datetime) -> CodeSent:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # of two who ask at once, the later's code stands
    PhoneCode.objects.filter(user=user).delete()
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    code = PhoneCode.objects.create(
        user=user, phone=phone, digest=_digests(user, phone, digits)[0], created_at=now, expires_at=now + LASTS
    )
    with translation.override(user.language):
        text = _("%(code)s is your Fanfare code. It works for 10 minutes. Tell it to nobody.") % {"code": digits}
    text_backend().text_secret(
        phone=phone,
        text=text,
        purpose_key=f"phone-code:{code.public_id}",
        language=user.language,
        expires_at=code.expires_at,
        now=now,
    )
    record(actor=actor, action="user.ask_phone_code", subject=user, now=now)
    return CodeSent(phone, code.expires_at)


@transaction.atomic
def _verified(actor: Actor, user: User, sent: PhoneCode, now: datetime) -> User:
    """Raises PhoneCodeExpired where another request has used the same code, IntegrityError where the phone is another's."""
    deleted, _by_model = PhoneCode.objects.filter(pk=sent.pk, digest=sent.digest).delete()
    if not deleted:
        raise PhoneCodeExpired
    User.objects.filter(pk=user.pk).update(phone=sent.phone, phone_verified_at=now, version=F("version") + 1)
    record(actor=actor, action="user.verify_phone", subject=user, now=now)
    return User.objects.get(pk=user.pk)


def _digests(user: User, phone: str, code: str) -> list[str]:
    """Under each key of the ring: a code is so short that a hash without a key would hide nothing."""
    said = f"{user.pk}\n{phone}\n{code}".encode()
    return [hmac.digest(key, said, "sha256").hex() for key in keys_for(_PURPOSE)]
