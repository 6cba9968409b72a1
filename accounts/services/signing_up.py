"""New accounts: people sign themselves up, or an admin grants one."""

from dataclasses import replace
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import errors as postgres

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Language, Role, User
from accounts.passwords import require_strong
from accounts.platform_settings import SIGN_UP
from accounts.policies import SIGN_UP_ROLES, require_admin
from accounts.services.clients import SignedIn, open_client
from accounts.services.devices import recognise
from accounts.services.profile import require_language, require_time_zone
from config.lib.errors import Detail, Refusal, ValidationError


class EmailTaken(Refusal):
    status = 409
    message = _("An account with this e-mail address exists already. Sign in, or reset your password.")


class SignUpClosed(Refusal):
    status = 403
    message = _("Nobody new can sign up at the moment.")


def require_open() -> None:
    """Raises SignUpClosed while an admin lets nobody new in."""
    if not SIGN_UP.value():
        raise SignUpClosed


def draft_account(
    *, email: str, password: str | None, name: str, role: str, language: str, time_zone: str, now: datetime
) -> User:
    """A user row that is not stored yet; without a password, one that signs in with none. Raises ValidationError.

    To be called before a transaction: the password is hashed, and the list of breached passwords may be asked.
    """
    require_language(language)
    require_time_zone(time_zone)
    draft = User(email=email.strip().lower(), name=name, role=role, language=language, time_zone=time_zone)
    draft.created_at = now
    if password is not None:
        require_strong(password, user=draft)
    draft.set_password(password)
    return draft


def _insert(draft: User) -> None:
    """Raises EmailTaken; the unique constraint decides between two at the same moment."""
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, postgres.UniqueViolation) and cause.diag.constraint_name == "user_email_once":
            raise EmailTaken from error
        raise


def require_own_role(role: str) -> None:
    """Raises ValidationError for a role that people do not choose themselves."""
    if role not in SIGN_UP_ROLES:
        raise ValidationError(details=[Detail("role", "invalid_choice", _("Choose fan, artist or developer."))])


@transaction.atomic
def open_account(*, actor: Actor, draft: User, now: datetime, is_confirmed: bool = False, **facts: str) -> User:
    """Store a new account with its address, and send the link that confirms it unless it is confirmed already.

    The account, its address and the mail (a row of the outbox) are stored together. `facts` go into the audit.
    Raises SignUpClosed, EmailTaken.
    """
    require_open()
    _insert(draft)
    address = EmailAddress.objects.create(user=draft, email=draft.email, primary=True, verified=is_confirmed)
    record(actor=replace(actor, user=draft), action="user.sign_up", subject=draft, now=now, role=draft.role, **facts)
    recognise(actor=actor, user=draft, now=now)
    if not is_confirmed:
        address.send_confirmation(signup=True)
    return draft


def sign_up(
    *,
    actor: Actor,
    email: str,
    password: str,
    now: datetime,
    name: str = "",
    role: str = Role.FAN,
    language: str = Language.ENGLISH,
    time_zone: str = "UTC",
) -> User:
    """Make a limited account and send the link that confirms its e-mail address.

    `role` is fan, artist or developer; the others are granted. Raises SignUpClosed, EmailTaken, and ValidationError for a weak password,
    role, language or time zone.
    """
    require_open()
    require_own_role(role)
    draft = draft_account(
        email=email, password=password, name=name, role=role, language=language, time_zone=time_zone, now=now
    )
    return open_account(actor=actor, draft=draft, now=now)


def sign_up_client(
    *, actor: Actor, email: str, password: str, name: str, role: str, language: str, time_zone: str, now: datetime
) -> SignedIn:
    """`sign_up`, and the new account's first client with its tokens. Raises what `sign_up` raises."""
    require_open()
    require_own_role(role)
    draft = draft_account(
        email=email, password=password, name=name, role=role, language=language, time_zone=time_zone, now=now
    )
    with transaction.atomic():
        user = open_account(actor=actor, draft=draft, now=now)
        return open_client(actor=actor, user=user, now=now)


def grant_account(
    *,
    actor: Actor,
    email: str,
    password: str,
    name: str,
    role: str,
    now: datetime,
    language: str = Language.ENGLISH,
    time_zone: str = "UTC",
) -> User:
    """An account of any role, made by an admin or the platform, with its e-mail address vouched for.

    Raises Forbidden, AuthRequired, EmailTaken, ValidationError.
    """
    require_admin(actor)
    draft = draft_account(
        email=email, password=password, name=name, role=role, language=language, time_zone=time_zone, now=now
    )
    with transaction.atomic():
        _insert(draft)
        EmailAddress.objects.create(user=draft, email=draft.email, primary=True, verified=True)
        record(actor=actor, action="user.grant", subject=draft, now=now, role=role)
    return draft
