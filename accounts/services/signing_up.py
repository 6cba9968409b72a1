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
from accounts.policies import SIGN_UP_ROLES, require_admin
from accounts.services.clients import SignedIn, open_client
from accounts.services.profile import require_language, require_time_zone
from config.lib.errors import Detail, Refusal, ValidationError


class EmailTaken(Refusal):
    status = 409
    message = _("An account with this e-mail address exists already. Sign in, or reset your password.")


def _create(*, email: str, password: str, name: str, role: str, language: str, time_zone: str, now: datetime) -> User:
    """The user row. Raises EmailTaken, ValidationError; the unique constraint decides between two at the same moment."""
    require_language(language)
    require_time_zone(time_zone)
    draft = User(email=email.strip().lower(), name=name, role=role, language=language, time_zone=time_zone)
    draft.created_at = now
    require_strong(password, user=draft)
    draft.set_password(password)
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, postgres.UniqueViolation) and cause.diag.constraint_name == "user_email_once":
            raise EmailTaken from error
        raise
    return draft


@transaction.atomic
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

    `role` is fan, artist or developer; the others are granted. The account, its address and the mail (a row of the outbox)
    are stored together. Raises EmailTaken, and ValidationError for a weak password, role, language or time zone.
    """
    if role not in SIGN_UP_ROLES:
        raise ValidationError(details=[Detail("role", "invalid_choice", _("Choose fan, artist or developer."))])
    user = _create(
        email=email, password=password, name=name, role=role, language=language, time_zone=time_zone, now=now
    )
    address = EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    record(actor=replace(actor, user=user), action="user.sign_up", subject=user, now=now, role=role)
    address.send_confirmation(signup=True)
    return user


@transaction.atomic
def sign_up_client(
    *, actor: Actor, email: str, password: str, name: str, role: str, language: str, time_zone: str, now: datetime
) -> SignedIn:
    """`sign_up`, and the new account's first client with its tokens. Raises what `sign_up` raises."""
    user = sign_up(
        actor=actor,
        email=email,
        password=password,
        name=name,
        role=role,
        language=language,
        time_zone=time_zone,
        now=now,
    )
    return open_client(actor=actor, user=user, now=now)


@transaction.atomic
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
    user = _create(
        email=email, password=password, name=name, role=role, language=language, time_zone=time_zone, now=now
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    record(actor=actor, action="user.grant", subject=user, now=now, role=role)
    return user
