"""Signed-in mobile clients: opened by log-in, kept by refreshing, ended by log-out, password change or reuse."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Least

from accounts import tokens
from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Ended, RefreshFamily, User
from accounts.policies import require_admin, signed_in
from accounts.services.devices import recognise
from accounts.tokens import RefreshClaims, TokenPair
from config.lib.errors import InvalidToken


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A client that may act for `user` with these tokens."""

    user: User
    tokens: TokenPair


def _idle() -> timedelta:
    return timedelta(days=settings.REFRESH_IDLE_DAYS)


def _absolute() -> timedelta:
    return timedelta(days=settings.REFRESH_ABSOLUTE_DAYS)


def open_client(*, actor: Actor, user: User, now: datetime) -> SignedIn:
    """A new client of `user`, in the caller's transaction; where it signed in from is kept with it.

    Its owner is written to if it is a device that nobody knows.
    """
    recognise(actor=actor, user=user, now=now)
    family = RefreshFamily.objects.create(
        user=user,
        user_agent=actor.user_agent,
        address=actor.address,
        created_at=now,
        last_used_at=now,
        expires_at=now + min(_idle(), _absolute()),
    )
    return SignedIn(user=user, tokens=tokens.issue(family, now=now))


def refresh(*, actor: Actor, token: str, now: datetime) -> SignedIn:
    """New tokens for a refresh token, which is used up by this.

    A refresh token that was used before ends its whole family: one of the two who hold it is a thief, and nobody can tell
    which (RFC 9700, section 4.14.2). Rotations are not audited, for the family row itself says when and from where; a reuse
    is. Raises InvalidToken, TokenExpired.
    """
    claims = tokens.read_refresh(token, now=now)
    signed = _rotate(claims, actor=actor, now=now)
    if signed is None:
        _end_if_reused(claims, actor=actor, now=now)
        raise InvalidToken
    return signed


@transaction.atomic
def _rotate(claims: RefreshClaims, *, actor: Actor, now: datetime) -> SignedIn | None:
    """One conditional UPDATE decides: of two requests with the same token, the generation lets one through."""
    current = RefreshFamily.objects.alive(now=now).filter(public_id=claims.family, generation=claims.generation)
    rotated = current.update(
        generation=F("generation") + 1,
        last_used_at=now,
        expires_at=Least(F("created_at") + Value(_absolute()), Value(now + _idle())),
        address=actor.address,
        user_agent=actor.user_agent,
    )
    if not rotated:
        return None
    family = RefreshFamily.objects.select_related("user").get(public_id=claims.family)
    if not family.user.is_active:
        raise InvalidToken
    return SignedIn(user=family.user, tokens=tokens.issue(family, now=now))


@transaction.atomic
def _end_if_reused(claims: RefreshClaims, *, actor: Actor, now: datetime) -> None:
    """In a transaction of its own: the refusal that follows must not undo it."""
    newer = RefreshFamily.objects.filter(public_id=claims.family, generation__gt=claims.generation)
    if newer.end(because=Ended.REUSED, now=now):
        family = RefreshFamily.objects.select_related("user").get(public_id=claims.family)
        record(actor=replace(actor, user=family.user), action="client.reuse", subject=family, now=now)


@transaction.atomic
def log_out(*, actor: Actor, now: datetime, family_id: int | None = None, token: str = "") -> None:
    """End the client that asks (`family_id`) and the one a refresh token of the same user names.

    Doing it again changes nothing. Raises AuthRequired; InvalidToken or TokenExpired for a bad refresh token.
    """
    user = signed_in(actor)
    named = Q(pk=family_id)
    if token:
        named |= Q(public_id=tokens.read_refresh(token, now=now).family)
    ended = RefreshFamily.objects.filter(named, user=user).end(because=Ended.SIGNED_OUT, now=now)
    record(actor=actor, action="user.log_out", subject=user, now=now, clients=ended)


@transaction.atomic
def revoke(*, actor: Actor, family: RefreshFamily, now: datetime) -> None:
    """An admin signs one client out. Raises AuthRequired, Forbidden."""
    require_admin(actor)
    if RefreshFamily.objects.filter(pk=family.pk).end(because=Ended.REVOKED, now=now):
        record(actor=actor, action="client.revoke", subject=family, now=now)
