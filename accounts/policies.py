"""Who may: the base of every policy.

A policy is a function that takes the actor and returns the object, or refuses. Roles give scopes; ownership gives
objects; upper apps add the ownership questions about their own models in their own `policies.py`, on these functions.
What is not yours to know is NotFound, not Forbidden.
"""

from typing import Final

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from accounts.actors import ALL_SCOPES, Actor, Impersonated
from accounts.models import Role, User
from accounts.platform_settings import MFA_ROLES
from accounts.scopes import CATALOGUE
from config.lib.errors import AuthRequired, Forbidden, InsufficientScope, Refusal, SecondFactorMissing

SIGN_UP_ROLES: Final = (Role.FAN, Role.ARTIST, Role.DEVELOPER)  # people choose these themselves; the rest are granted
SIGN_UP_CHOICES: Final = [(role.value, role.label) for role in SIGN_UP_ROLES]

EVERYONE: Final = frozenset(
    {
        "profile:read",
        "profile:write",
        "events:read",
        "events:join",
        "votes:write",
        "artists:write",  # anyone may own an artist's profile; ownership says which
    }
)
CONSOLE_ROLES: Final = frozenset({Role.ORGANIZER, Role.ADMIN})  # who works in the console at /admin/
ORGANIZING: Final = frozenset({"events:write", "rounds:write", "attendees:read"})

ROLE_SCOPES: Final[dict[str, frozenset[str]]] = {
    Role.FAN: EVERYONE,
    Role.ARTIST: EVERYONE,
    Role.ORGANIZER: EVERYONE | ORGANIZING,
    Role.BRAND: EVERYONE,
    Role.DEVELOPER: EVERYONE,
    Role.ADMIN: ALL_SCOPES,
}


class EmailUnverified(Refusal):
    status = 403
    message = _("Confirm your e-mail address first. We sent you a link.")


def lacks_second_factor(user: User) -> bool:
    """Whether the role asks for a second factor that this account does not have."""
    return user.second_factor_at is None and user.role in MFA_ROLES.value()


def role_of(user: User) -> str:
    """The role an account acts in: a fan's, for as long as its own asks for a second factor and has none."""
    return Role.FAN if lacks_second_factor(user) else user.role


def scopes_of(actor: Actor) -> frozenset[str]:
    """What this actor may do at all: what the role gives, cut down to what the key or token carries."""
    if actor.is_platform:
        return ALL_SCOPES
    if actor.user is None or not actor.user.is_active:
        return frozenset()
    return _cut_down(ROLE_SCOPES[role_of(actor.user)], actor.scopes)


def _cut_down(granted: frozenset[str], carried: frozenset[str]) -> frozenset[str]:
    if "*" in granted:
        return carried
    return granted if "*" in carried else granted & carried


def holds_scope(actor: Actor, scope: str) -> bool:
    """Whether role and credential both give `scope`."""
    return not scopes_of(actor).isdisjoint({"*", scope})


def require_scope(actor: Actor, scope: str) -> None:
    """Raises AuthRequired without an active user, SecondFactorMissing when only that stands in the way, InsufficientScope
    when role or key do not give `scope`.
    """
    if holds_scope(actor, scope):
        return
    user = signed_in(actor)
    if not _cut_down(ROLE_SCOPES[user.role], actor.scopes).isdisjoint({"*", scope}):
        raise SecondFactorMissing
    raise InsufficientScope


def scopes_for_keys(user: User) -> frozenset[str]:
    """What the user's role may give to an API key. What it gives later is asked anew at every use (`scopes_of`)."""
    granted = ROLE_SCOPES[role_of(user)]
    return frozenset(CATALOGUE) if "*" in granted else granted


def signed_in(actor: Actor) -> User:
    """The user. Raises AuthRequired."""
    if actor.user is None or not actor.user.is_active:
        raise AuthRequired
    return actor.user


def require_self(actor: Actor) -> User:
    """The user, and nobody who looks at the site as them. Raises AuthRequired, Impersonated."""
    if actor.impersonator is not None:
        raise Impersonated
    return signed_in(actor)


def require_person(actor: Actor) -> User:
    """The user, signed in as a person: an API key carries scopes, never the account itself, nor does an admin who looks as them.

    Raises AuthRequired, InsufficientScope, Impersonated.
    """
    user = require_self(actor)
    if "*" not in actor.scopes:
        raise InsufficientScope
    return user


def has_verified_email(user: User) -> bool:
    """Whether the owner of the log-in address has confirmed it (one query)."""
    found: bool = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    return found


def verified(actor: Actor) -> User:
    """The user, once the e-mail address is confirmed. Raises AuthRequired, EmailUnverified.

    Until then an account is limited: it may read, join and vote, but not publish or send.
    """
    user = signed_in(actor)
    if not has_verified_email(user):
        raise EmailUnverified
    return user


def require_verified(actor: Actor) -> None:
    """`verified` for services that the platform itself may call too. Raises AuthRequired, EmailUnverified."""
    if not actor.is_platform:
        verified(actor)


def sees_everything(actor: Actor) -> bool:
    """Admins and the platform itself."""
    return actor.is_platform or (actor.user is not None and actor.user.is_active and role_of(actor.user) == Role.ADMIN)


def may_enter_console(actor: Actor) -> bool:
    """Organizers and admins; what they find inside is decided by each app's policies."""
    return actor.user is not None and actor.user.is_active and role_of(actor.user) in CONSOLE_ROLES


def require_admin(actor: Actor) -> None:
    """Raises AuthRequired, SecondFactorMissing or Forbidden unless an admin or the platform itself acts.

    An admin who looks at the site as somebody acts as that person, who is none.
    """
    if actor.is_platform or role_of(signed_in(actor)) == Role.ADMIN:
        return
    if signed_in(actor).role == Role.ADMIN:
        raise SecondFactorMissing
    raise Forbidden
