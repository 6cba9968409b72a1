"""Log-in of mobile clients by e-mail and password; pages log in through allauth."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts import challenges
from accounts.actors import Actor
from accounts.audit import record
from accounts.models import User
from accounts.services.clients import SignedIn, open_client
from accounts.services.proving import prove
from config.lib.errors import Detail, InvalidCredentials, MfaRequired


def log_in(*, actor: Actor, email: str, password: str, now: datetime, browser: str = "") -> SignedIn:
    """Sign a client in. `browser` is the cookie of a known browser, if one was sent.

    An unknown e-mail, a wrong password and an account that is not active are refused with the same words after the same
    work, so the answer tells nothing about an account. Raises what `prove` and `let_in` raise.
    """
    user = prove(actor=actor, email=email, password=password, browser=browser, now=now)
    return let_in(actor=actor, user=user, now=now)


def let_in(*, actor: Actor, user: User, now: datetime) -> SignedIn:
    """A client for somebody who has taken the first step.

    Raises MfaRequired for an account with a second factor, with a challenge that `finish_log_in` takes; InvalidCredentials
    for an account that is not active.
    """
    if user.is_active and user.second_factor_at is not None:
        raise MfaRequired(
            details=[Detail("challenge", "required", MfaRequired.message, challenges.issue(user, now=now))]
        )
    return admit(actor=actor, user=user, now=now)


@transaction.atomic
def admit(*, actor: Actor, user: User, now: datetime) -> SignedIn:
    """Only while the account is active and the password that was checked is still the one: a change waits or wins."""
    unchanged = User.objects.filter(pk=user.pk, password=user.password, is_active=True)
    if not unchanged.update(last_login=now):
        raise InvalidCredentials
    record(actor=replace(actor, user=user), action="user.log_in", subject=user, now=now)
    return open_client(actor=actor, user=user, now=now)
