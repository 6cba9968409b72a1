"""Ending a lock: its owner is told by mail, and the link in it opens the account at once."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts import known_browsers, lockouts
from accounts.actors import Actor, platform
from accounts.audit import record
from accounts.models import User
from config.lib import redis, signing
from config.lib.errors import InvalidToken, LinkSpent, TokenExpired, Unavailable

logger = structlog.get_logger(__name__)

LINK_LIFETIME: Final = timedelta(days=1)  # and for as long nobody is told again: the link in the first mail still works
_PURPOSE: Final = "unlock"
_WAITING: Final = "sign-in:{locked}"
_TOLD: Final = "sign-in:told:"


def tell_later(*, user: User | None) -> None:
    """Note that somebody's account was locked, for the clock to write to them.

    Whoever just guessed waits for no mail to be written, and for the same work where nobody has the address: how long the
    answer takes says nothing.
    """
    redis.sync_client().sadd(_WAITING, user.pk if user else 0)


def tell_owners(*, now: datetime) -> int:
    """Write to everybody whose account was locked since the last time, at most once a day each; to how many it was."""
    client = redis.sync_client()
    told = 0
    for member in client.smembers(_WAITING):
        user = User.objects.filter(pk=int(member), is_active=True).first()
        if user and not client.exists(f"{_TOLD}{user.pk}"):
            _tell(user, now=now)
            client.set(f"{_TOLD}{user.pk}", 1, ex=LINK_LIFETIME)
            told += 1
        client.srem(_WAITING, member)
    return told


@transaction.atomic
def _tell(user: User, *, now: datetime) -> None:
    record(actor=platform(), action="user.lock", subject=user, now=now)
    get_adapter().send_mail(
        "account/email/sign_in_locked",
        user.email,
        {
            "user": user,
            "unlock_url": settings.PUBLIC_URL + reverse("account_unlock", args=[unlock_link(user=user, now=now)]),
        },
    )


def unlock_link(*, user: User, now: datetime) -> str:
    """The code of a link that opens this account until tomorrow, or until its password is another."""
    payload = f"{user.public_id} {user.get_session_auth_hash()[:16]}"
    return signing.sign(payload.encode(), purpose=_PURPOSE, expires_at=now + LINK_LIFETIME)


def owner_of(*, code: str, now: datetime) -> User:
    """Whose account the link opens. Changes nothing. Raises LinkSpent."""
    try:
        public_id, proof = signing.unsign(code, purpose=_PURPOSE, now=now).decode().split()
    except (InvalidToken, TokenExpired) as error:
        raise LinkSpent from error
    user = User.objects.filter(public_id=public_id, is_active=True).first()
    if user is None or user.get_session_auth_hash()[:16] != proof:
        raise LinkSpent
    return user


def unlock(*, actor: Actor, code: str, now: datetime) -> User:
    """Open the account behind the link. Raises LinkSpent, and Unavailable while Redis is away."""
    user = owner_of(code=code, now=now)
    open_lock(user)
    with transaction.atomic():
        record(actor=actor, action="user.unlock", subject=user, now=now)
    return user


def open_after_commit(*, user: User) -> None:
    """Open the account once the caller's transaction stands, as a new password does. A lock that cannot be opened then
    because Redis is away ends by itself.
    """
    transaction.on_commit(partial(_open_quietly, user))


def open_lock(user: User) -> bool:
    """Forget the wrong passwords; whether there were any. Raises Unavailable while Redis is away."""
    return lockouts.clear(f"account:{known_browsers.account_of(user.email)}")


def _open_quietly(user: User) -> None:
    try:
        open_lock(user)
    except Unavailable:
        logger.warning("accounts.lock_not_opened")
