"""A new password for whoever reads the account's mail."""

from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import url_str_to_user_pk, user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError as NoSuchKey
from django.db import transaction

from accounts.actors import Actor
from accounts.audit import record
from accounts.known_browsers import account_of
from accounts.models import User
from accounts.services.notices import notify
from accounts.services.passwords import set_password
from accounts.services.social import forget_unproven
from config.lib.errors import LinkSpent, Unavailable
from config.lib.limits import count
from config.lib.outages import RETRY_SECONDS


def ask_for_reset(*, email: str) -> None:
    """Send the link that sets a new password to the owner of `email`, or word that there is no such account.

    One mail goes out either way, and the answer is the same: only who reads the mail learns which. Beyond a few an hour
    nothing more is sent, for the links in those still work. Raises Unavailable while nothing can be counted.
    """
    email = email.strip().lower()
    asked = count("link_mails", f"reset:{account_of(email)}")
    if asked is None:
        raise Unavailable(retry_after=RETRY_SECONDS)
    if asked.exceeded:
        return
    user = User.objects.filter(email=email, is_active=True).first()
    with transaction.atomic():
        if user is None:
            get_adapter().send_mail("account/email/unknown_account", email, {"user": None})
            return
        link = get_adapter().get_reset_password_from_key_url(reset_key(user=user))
        get_adapter().send_password_reset_mail(user, email, {"user": user, "password_reset_url": link})


def reset_key(*, user: User) -> str:
    """The key of the link: it ends with its time, the password, the e-mail address, and the next sign-in."""
    return f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"


def holder_of(*, key: str) -> User:
    """Whose password the key sets. Changes nothing. Raises LinkSpent."""
    uid, _dash, token = key.partition("-")
    try:
        user = User.objects.filter(pk=url_str_to_user_pk(uid), is_active=True).first()
    except (NoSuchKey, ValueError, OverflowError) as error:
        raise LinkSpent from error
    if user is None or not default_token_generator.check_token(user, token):
        raise LinkSpent
    return user


def reset_password(*, actor: Actor, key: str, password: str, now: datetime) -> User:
    """Set a new password by the key of the mail; every client and session of the account ends.

    Raises LinkSpent, ValidationError.
    """
    user = holder_of(key=key)
    set_password_by_mail(actor=actor, user=user, password=password, now=now)
    notify(actor=actor, user=user, template="password_reset", now=now)
    return user


def set_password_by_mail(*, actor: Actor, user: User, password: str, now: datetime) -> None:
    """A new password for somebody who has shown that they read the account's mail. Raises ValidationError.

    That confirms the address. Where it was not confirmed, somebody else may have made the account with it: whatever else
    lets them in goes.
    """
    set_password(actor=actor, user=user, password=password, now=now)
    with transaction.atomic():
        if EmailAddress.objects.filter(user=user, email=user.email, verified=False).update(verified=True):
            record(actor=actor, action="user.confirm_email", subject=user, now=now)
            forget_unproven(user=user)
