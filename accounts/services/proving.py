"""Whether somebody knows the password: the one place that looks at one, for pages, the console's door and the API."""

from datetime import datetime

import structlog
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import known_browsers, lockouts
from accounts.actors import Actor
from accounts.lockouts import Attempt
from accounts.models import User
from accounts.passwords import matches
from accounts.policies import require_self
from accounts.services.unlocking import tell_later
from config.lib.client_address import network_of
from config.lib.errors import InvalidCredentials, RateLimitExceeded, Refusal, Unavailable
from config.lib.limits import count
from config.lib.outages import RETRY_SECONDS

logger = structlog.get_logger(__name__)


class AccountLocked(Refusal):
    status = 429


def _locked(seconds: int) -> AccountLocked:
    minutes = -(-seconds // 60)
    wait = ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}
    words = _(
        "Too many wrong passwords. Try again in %(wait)s, or set a new password. We sent the owner of the account a link"
        " that lets them in at once."
    )
    return AccountLocked(words % {"wait": wait}, retry_after=seconds)


def prove(*, actor: Actor, email: str, password: str, now: datetime, browser: str = "") -> User:
    """Whose e-mail and password these are; the account may be one that is not active.

    `browser` is the cookie of a known browser (`accounts/known_browsers.py`), if one was sent. Refusals read the same and
    cost the same work whether or not the account exists. Raises InvalidCredentials; AccountLocked and RateLimitExceeded,
    with how long to wait; Unavailable while nothing can be counted.
    """
    account = known_browsers.account_of(email)
    identity, attempt = _enter(actor, account=account, browser=browser, now=now)
    user = User.objects.filter(email=email.strip().lower()).first()
    if matches(user, password) and user is not None:
        lockouts.clear(identity)
        return user
    logger.info("accounts.password_refused")
    count("sign_in_failures", _network(actor))
    if attempt.locks_for and identity == _of_account(account):
        tell_later(user=user)
    raise _locked(attempt.locks_for) if attempt.locks_for else InvalidCredentials()


def prove_again(*, actor: Actor, password: str, now: datetime) -> User:
    """The signed-in user, who has just typed the password once more.

    Counted apart from attempts to sign in: strangers cannot lock it, and a session that was stolen may guess no more often.
    Raises AuthRequired, Impersonated, InvalidCredentials, AccountLocked, Unavailable.
    """
    user = require_self(actor)
    identity = f"again:{user.public_id}"
    attempt = lockouts.attempt(identity, now=now)
    if attempt.refused_for:
        raise _locked(attempt.refused_for)
    if not matches(user, password):
        raise _locked(attempt.locks_for) if attempt.locks_for else InvalidCredentials()
    lockouts.clear(identity)
    return user


def _of_account(account: str) -> str:
    return f"account:{account}"


def _network(actor: Actor) -> str:
    return f"network:{network_of(actor.address or 'local')}"


def _enter(actor: Actor, *, account: str, browser: str, now: datetime) -> tuple[str, Attempt]:
    """The counter this attempt goes to, and what it met there. Raises AccountLocked, RateLimitExceeded, Unavailable."""
    if known := known_browsers.recognised(browser, account=account, now=now):
        identity = f"browser:{known}"
        attempt = lockouts.attempt(identity, now=now)
        if not attempt.refused_for:
            return identity, attempt
    _require_quiet_network(actor)
    identity = _of_account(account)
    attempt = lockouts.attempt(identity, now=now)
    if attempt.refused_for:
        raise _locked(attempt.refused_for)
    return identity, attempt


def _require_quiet_network(actor: Actor) -> None:
    """A venue shares one address, so only wrong passwords count, and it may be many."""
    failures = count("sign_in_failures", _network(actor), cost=0)
    if failures is None:
        raise Unavailable(retry_after=RETRY_SECONDS)
    if not failures.remaining:
        raise RateLimitExceeded(retry_after=failures.reset)
