"""API keys: made and revoked by the person they belong to, revoked by admins.

A password change leaves them as they are: they are no log-in, programs depend on them, and their owner is shown them and
asked. A suspended account's keys are refused at once, because every use asks for the account.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.api_keys import new_text, prefix_of
from accounts.audit import record
from accounts.models import ApiKey, KeyEnded, User
from accounts.policies import require_admin, require_person, require_verified, scopes_for_keys
from config.lib.cleaning import check_fields
from config.lib.errors import Detail, NotFound, Refusal, ValidationError
from config.lib.public_ids import new_public_id

_NEEDS_A_SCOPE: Final = Detail("scopes", "required", _("Choose at least one thing the key may do."))


class TooManyKeys(Refusal):
    status = 409
    message = _("You have as many keys as one account may have. Revoke one that you no longer use.")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made. `text` is the key itself: shown this once and stored nowhere."""

    key: ApiKey
    text: str


@transaction.atomic
def create_key(
    *, actor: Actor, name: str, scopes: Iterable[str], now: datetime, expires_at: datetime | None = None
) -> NewKey:
    """A key of the actor's own with some of what the actor's role gives; None for `expires_at` never expires.

    The owner is told by mail. Raises AuthRequired, InsufficientScope (an API key makes no keys), EmailUnverified,
    ValidationError, TooManyKeys.
    """
    user = require_person(actor)
    require_verified(actor)
    public_id = new_public_id()
    new = new_text(public_id)
    key = ApiKey(public_id=public_id, user=user, name=name.strip(), digest=new.digest, created_at=now)
    key.scopes, key.expires_at = sorted(set(scopes)), expires_at
    _require_sound(key, user=user, now=now)
    _require_room(user, now=now)
    key.save(force_insert=True)
    record(actor=actor, action="key.create", subject=key, now=now, scopes=key.scopes, expires=expires_at is not None)
    _tell_owner(key, actor=actor)
    return NewKey(key=key, text=new.text)


@transaction.atomic
def revoke_key(*, actor: Actor, public_id: str, now: datetime) -> None:
    """The owner ends a key; ending it again changes nothing. Raises AuthRequired, InsufficientScope, NotFound."""
    user = require_person(actor)
    mine = ApiKey.objects.filter(user=user, public_id=public_id)
    key = mine.first()
    if key is None:
        raise NotFound
    if mine.end(because=KeyEnded.OWNER, now=now):
        record(actor=actor, action="key.revoke", subject=key, now=now)


@transaction.atomic
def revoke_all_keys(*, actor: Actor, now: datetime) -> int:
    """The owner ends all keys; how many still worked. Raises AuthRequired, InsufficientScope."""
    user = require_person(actor)
    ended = ApiKey.objects.filter(user=user).alive(now=now).end(because=KeyEnded.OWNER, now=now)
    if ended:
        record(actor=actor, action="key.revoke_all", subject=user, now=now, keys=ended)
    return ended


@transaction.atomic
def revoke_as_admin(*, actor: Actor, key: ApiKey, now: datetime) -> bool:
    """An admin ends somebody's key; whether it had not ended before. Raises AuthRequired, Forbidden."""
    require_admin(actor)
    ended = bool(ApiKey.objects.filter(pk=key.pk).end(because=KeyEnded.ADMIN, now=now))
    if ended:
        record(actor=actor, action="key.revoke", subject=key, now=now)
    return ended


@transaction.atomic
def limit_key(*, actor: Actor, key: ApiKey, requests: int | None, now: datetime) -> ApiKey:
    """An admin gives a key a limit of its own (requests per window), or takes it away with None.

    Raises AuthRequired, Forbidden, ValidationError.
    """
    require_admin(actor)
    if requests is not None and requests < 1:
        raise ValidationError(details=[Detail("requests", "min_value", _("At least one request."))])
    ApiKey.objects.filter(pk=key.pk).update(requests=requests)
    record(actor=actor, action="key.limit", subject=key, now=now, requests=requests)
    return ApiKey.objects.select_related("user").get(pk=key.pk)


def _require_sound(key: ApiKey, *, user: User, now: datetime) -> None:
    """Raises ValidationError with all that is wrong with a key that is not stored yet."""
    check_fields(key, ["name"])
    details: list[Detail] = [] if key.scopes else [_NEEDS_A_SCOPE]
    for scope in sorted(set(key.scopes) - scopes_for_keys(user)):
        message = _("Your account cannot give the scope %(scope)s.") % {"scope": scope[:40]}
        details.append(Detail("scopes", "invalid_choice", message))
    if key.expires_at is not None and key.expires_at <= now:
        details.append(Detail("expires_at", "in_the_past", _("Choose a time that is still to come.")))
    if details:
        raise ValidationError(details=details)


def _require_room(user: User, *, now: datetime) -> None:
    """Raises TooManyKeys. The lock on the account lets two requests at once not take the last place both."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if ApiKey.objects.filter(user=user).alive(now=now).count() >= settings.API_KEYS_PER_USER:
        raise TooManyKeys


def _tell_owner(key: ApiKey, *, actor: Actor) -> None:
    """A mail (a row of the outbox), so that a key which a thief makes in somebody's name does not stay unseen."""
    context = {
        "user": key.user,
        "name": key.name,
        "prefix": prefix_of(key.public_id),
        "timestamp": key.created_at,
        "ip": actor.address or "-",
        "user_agent": actor.user_agent or "-",
        "manage": reverse("developers"),
    }
    get_adapter().send_mail("account/email/api_key_created", key.user.email, context)
