"""Where somebody is signed in, browsers and mobile clients alike, and how that ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from accounts import session_store
from accounts.actors import Actor, Here
from accounts.audit import record
from accounts.models import BrowserSession, Ended, RefreshFamily, User
from accounts.policies import require_admin, require_person
from config.lib.errors import NotFound

NOTHING: Final = Here()


@dataclass(frozen=True, slots=True)
class Gone:
    """How many were signed out."""

    sessions: int
    clients: int


def end_everything(*, user: User, because: Ended, now: datetime, keep: Here = NOTHING) -> Gone:
    """Sign `user` out of every browser and client but what `keep` names, in the caller's transaction.

    Holds at once in every process: sessions are rows that are gone, clients rows that say so, and both are asked at each
    request. Writes no audit entry: whoever calls this writes why.
    """
    theirs = Q(user=user) | Q(impersonation__admin=user)  # what they look at as somebody else is theirs, too
    sessions = BrowserSession.objects.filter(theirs).exclude(public_id=keep.public_id)
    clients = RefreshFamily.objects.filter(user=user).exclude(public_id=keep.public_id)
    return Gone(sessions=session_store.end(sessions), clients=clients.end(because=because, now=now))


@transaction.atomic
def sign_out_of(*, actor: Actor, public_id: str, now: datetime) -> None:
    """End one browser or client of the actor. Raises AuthRequired, InsufficientScope (a key), NotFound."""
    user = require_person(actor)
    if session := BrowserSession.objects.filter(user=user, public_id=public_id).first():
        _end_session(actor, session, now)
        return
    family = RefreshFamily.objects.alive(now=now).filter(user=user, public_id=public_id).first()
    if family is None or not RefreshFamily.objects.filter(pk=family.pk).end(because=Ended.SIGNED_OUT, now=now):
        raise NotFound
    record(actor=actor, action="client.revoke", subject=family, now=now)


@transaction.atomic
def sign_out_everywhere(*, actor: Actor, now: datetime, keep: Here = NOTHING) -> Gone:
    """End all browsers and clients of the actor but what `keep` names. Raises AuthRequired, InsufficientScope (a key)."""
    user = require_person(actor)
    gone = end_everything(user=user, because=Ended.SIGNED_OUT, now=now, keep=keep)
    facts = {"sessions": gone.sessions, "clients": gone.clients}
    record(actor=actor, action="user.sign_out_everywhere", subject=user, now=now, **facts)
    return gone


@transaction.atomic
def end_session(*, actor: Actor, session: BrowserSession, now: datetime) -> None:
    """An admin signs one browser out; one that is signed out already stays so. Raises AuthRequired, Forbidden."""
    require_admin(actor)
    _end_session(actor, session, now)


def _end_session(actor: Actor, session: BrowserSession, now: datetime) -> None:
    if session_store.end(BrowserSession.objects.filter(pk=session.pk)):
        record(actor=actor, action="session.end", subject=session, now=now)


@transaction.atomic
def force_sign_out(*, actor: Actor, user: User, why: str, now: datetime) -> Gone:
    """An admin signs somebody out of everything. Raises AuthRequired, Impersonated, Forbidden."""
    require_admin(actor)
    gone = end_everything(user=user, because=Ended.REVOKED, now=now)
    facts = {"sessions": gone.sessions, "clients": gone.clients}
    record(actor=actor.because(why), action="user.force_sign_out", subject=user, now=now, **facts)
    return gone
