"""Signing in by Google, Apple or Spotify, and what an account has to do with them."""

from dataclasses import replace
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Language, Role, User
from accounts.policies import require_self
from accounts.services.clients import SignedIn, open_client
from accounts.services.notices import notify
from accounts.services.signing_in import let_in
from accounts.services.signing_up import draft_account, open_account, require_own_role
from accounts.social import NAMES, Identity
from config.lib.errors import Detail, Refusal, ValidationError


class ConnectFirst(Refusal):
    status = 409
    message = _("There is an account with this e-mail address already. Sign in to it, then connect the other one.")


class ConnectedElsewhere(Refusal):
    status = 409
    message = _("This is connected to another account of ours. Disconnect it there first.")


class LastWayIn(Refusal):
    status = 409
    message = _("Set a password first: without one this is your only way to sign in.")


def holder_of(*, identity: Identity) -> User | None:
    """Whose account the identity is connected to, if anybody's."""
    held = SocialAccount.objects.filter(provider=identity.provider, uid=identity.uid).select_related("user").first()
    user: User | None = held.user if held else None
    return user


def require_nobodys(*, identity: Identity) -> None:
    """Raises ConnectFirst where the provider has verified an address that an account of ours has: connecting the two takes
    proof from that account, too.
    """
    if identity.is_confirmed and User.objects.filter(email=identity.email).exists():
        raise ConnectFirst


def join(
    *,
    actor: Actor,
    identity: Identity,
    email: str,
    now: datetime,
    name: str = "",
    role: str = Role.FAN,
    language: str = Language.ENGLISH,
    time_zone: str = "UTC",
) -> User:
    """A new account, without a password, connected to the identity.

    Its address is confirmed if it is the one the provider has verified; to any other a link is sent. Raises ValidationError,
    EmailTaken, ConnectedElsewhere.
    """
    require_own_role(role)
    email = email.strip().lower()
    if not email:
        raise ValidationError(details=[Detail("email", "required", _("Tell us your e-mail address."))])
    draft = draft_account(
        email=email, password=None, name=name, role=role, language=language, time_zone=time_zone, now=now
    )
    is_confirmed = identity.is_confirmed and identity.email == email
    with transaction.atomic():
        user = open_account(actor=actor, draft=draft, now=now, is_confirmed=is_confirmed, provider=identity.provider)
        _keep(identity, user)
    return user


def _keep(identity: Identity, user: User) -> None:
    """Raises ConnectedElsewhere: of two at once the unique constraint lets one through. Nothing is kept but who they are."""
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user=user, provider=identity.provider, uid=identity.uid)
    except IntegrityError as error:
        raise ConnectedElsewhere from error


def log_in_or_join(
    *, actor: Actor, identity: Identity, now: datetime, email: str, name: str, role: str, language: str, time_zone: str
) -> tuple[SignedIn, bool]:
    """A client of the account that is connected to the identity, or of a new one; whether it is new.

    Raises what `let_in` and `join` raise, and ConnectFirst.
    """
    if user := holder_of(identity=identity):
        return let_in(actor=actor, user=user, now=now), False
    require_nobodys(identity=identity)
    joined = join(
        actor=actor,
        identity=identity,
        email=email or identity.email,
        name=name or identity.name,
        role=role,
        language=language,
        time_zone=time_zone,
        now=now,
    )
    with transaction.atomic():
        return open_client(actor=actor, user=joined, now=now), True


def connect(*, actor: Actor, identity: Identity, now: datetime) -> None:
    """Let the signed-in user sign in by the identity, too. Their own already: nothing happens.

    Raises AuthRequired, Impersonated, ConnectedElsewhere.
    """
    user = require_self(actor)
    holder = holder_of(identity=identity)
    if holder == user:
        return
    if holder:
        raise ConnectedElsewhere
    with transaction.atomic():
        _keep(identity, user)
        record(actor=actor, action="user.connect", subject=user, now=now, provider=identity.provider)
        notify(actor=actor, user=user, template="social_connected", now=now, provider=NAMES[identity.provider])


def disconnect(*, actor: Actor, provider: str, now: datetime) -> None:
    """Have the user sign in by it no more; doing it again changes nothing. Raises AuthRequired, Impersonated, LastWayIn."""
    user = require_self(actor)
    with transaction.atomic():
        held = SocialAccount.objects.select_for_update().filter(user=user)
        ways = {each.provider: each for each in held}
        if provider not in ways:
            return
        if len(ways) == 1 and not user.has_usable_password():
            raise LastWayIn
        ways[provider].delete()
        record(actor=replace(actor, user=user), action="user.disconnect", subject=user, now=now, provider=provider)
        notify(actor=actor, user=user, template="social_disconnected", now=now, provider=NAMES.get(provider, provider))


def forget_unproven(*, user: User) -> None:
    """Drop every connection, for an account whose address turned out to be somebody else's: see `set_password_by_mail`."""
    SocialAccount.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
