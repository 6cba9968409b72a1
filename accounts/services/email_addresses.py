"""The e-mail address of an account: confirming it, and replacing it by another that is confirmed first."""

from datetime import datetime
from typing import Final

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import record
from accounts.known_browsers import account_of
from accounts.models import User
from accounts.policies import require_self
from accounts.services.notices import notify
from accounts.services.proving import prove_again
from config.lib.errors import Detail, InvalidCredentials, LinkSpent, Unavailable, ValidationError
from config.lib.limits import count
from config.lib.outages import RETRY_SECONDS

SIGN_IN_AGAIN: Final = _("Sign in again first, so that we know that it is you.")


def _may_send_link(email: str) -> bool:
    """Whether one more mail with a link goes to this address this hour. Raises Unavailable while nothing can be counted."""
    asked = count("link_mails", f"confirm:{account_of(email)}")
    if asked is None:
        raise Unavailable(retry_after=RETRY_SECONDS)
    return not asked.exceeded


def send_link_again(*, actor: Actor) -> None:
    """Send the link that confirms the address once more, if it is not confirmed; beyond a few an hour, silently not.

    Raises AuthRequired, Unavailable.
    """
    user = require_self(actor)
    waiting = EmailAddress.objects.filter(user=user, verified=False).order_by("pk").last()
    if waiting and _may_send_link(waiting.email):
        with transaction.atomic():
            waiting.send_confirmation(signup=False)


def ask_for_change(*, actor: Actor, email: str, password: str, now: datetime, recently: bool = False) -> None:
    """Send a link to the new address; once it is confirmed there, it replaces the present one.

    Says the same whether or not the address is somebody else's: that is told by mail to whoever reads it. Whoever has no
    password has signed in a moment ago (`recently`): the new address could set one. Raises AuthRequired, ValidationError, what
    `prove_again` raises, and Unavailable.
    """
    user = require_self(actor)
    email = email.strip().lower()
    if email == user.email:
        raise ValidationError(details=[Detail("email", "same_email", _("This is your e-mail address already."))])
    _require_proof(actor, password, recently=recently, now=now)
    if not _may_send_link(email):
        return
    taken = User.objects.filter(email=email).exists()
    with transaction.atomic():
        EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email).delete()
        waiting = EmailAddress.objects.create(user=user, email=email)
        record(actor=actor, action="user.ask_email_change", subject=user, now=now)
        if taken:
            get_adapter().send_mail("account/email/account_already_exists", email, {})
        else:
            waiting.send_confirmation(signup=False)


def _require_proof(actor: Actor, password: str, *, recently: bool, now: datetime) -> None:
    if not require_self(actor).has_usable_password():
        if not recently:
            raise ValidationError(details=[Detail("email", "sign_in_again", SIGN_IN_AGAIN)])
        return
    try:
        prove_again(actor=actor, password=password, now=now)
    except InvalidCredentials as error:
        raise ValidationError(
            details=[Detail("password", "wrong_password", _("This is not your password."))]
        ) from error


def cancel_change(*, actor: Actor, now: datetime) -> None:
    """Keep the present address: the link that was sent to another one works no more. Raises AuthRequired."""
    user = require_self(actor)
    with transaction.atomic():
        dropped, _per_model = EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email).delete()
        if dropped:
            record(actor=actor, action="user.cancel_email_change", subject=user, now=now)


def confirm_by_key(*, actor: Actor, key: str, now: datetime) -> User:
    """What the button behind the mail's link does. Raises LinkSpent."""
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None or not confirm(actor=actor, address=confirmation.email_address, now=now):
        raise LinkSpent
    user: User = confirmation.email_address.user
    return user


def confirm(*, actor: Actor, address: EmailAddress, now: datetime) -> bool:
    """The address is its account's from now on, and the only one; whoever reads the old one is told.

    False where another account has the address: the unique constraints decide; and where its own is not active, for somebody
    who is being forgotten is found by the address they are known under.
    """
    try:
        with transaction.atomic():
            return _replace(actor, address, now=now)
    except IntegrityError:
        return False


def _replace(actor: Actor, address: EmailAddress, *, now: datetime) -> bool:
    user = User.objects.select_for_update().filter(pk=address.user_id, is_active=True).first()
    if user is None:
        return False
    old = user.email
    EmailAddress.objects.filter(user=user).exclude(pk=address.pk).delete()
    if not EmailAddress.objects.filter(pk=address.pk).update(verified=True, primary=True):
        return False
    address.verified = address.primary = True
    if address.email == old:
        record(actor=actor, action="user.confirm_email", subject=user, now=now)
        return True
    User.objects.filter(pk=user.pk).update(email=address.email, version=F("version") + 1)
    address.user.email = address.email
    record(actor=actor, action="user.change_email", subject=user, now=now)
    notify(actor=actor, user=user, template="email_changed", now=now, email=old, to_email=address.email)
    return True
