"""An admin looks at the site as somebody, for a reason and a short while; docs/adr/0021-looking-as-somebody.md says how and why.

What is done meanwhile is the user's doing, and in the audit it says who looked.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts import session_store
from accounts.actors import Actor, platform
from accounts.audit import record
from accounts.models import LOOKING_LASTS, BrowserSession, Impersonation, LookEnded, Role, User
from accounts.platform_settings import TELL_OF_LOOKS
from accounts.policies import require_admin, require_person
from accounts.services.notices import notify
from accounts.services.suspending import require_reason
from accounts.session_store import SessionStore
from config.lib.errors import Forbidden

SETTLES: timedelta = timedelta(minutes=1)  # a look is not taken for signed out before its session was stored


class CannotLookAs(Forbidden):
    message = _("Nobody looks at the site as an admin, nor as somebody whose account is not active.")


@transaction.atomic
def start_looking(*, actor: Actor, user: User, reason: str, own_session: str, now: datetime) -> SessionStore:
    """A session in which the actor is `user` for half an hour at most; the browser gets its cookie from the caller.

    `own_session` is the key of the session to go back to. The user is told, unless the platform's settings say otherwise.
    Raises AuthRequired, InsufficientScope, Impersonated, Forbidden, ValidationError, CannotLookAs.
    """
    admin = require_person(actor)
    require_admin(actor)
    reason = require_reason(reason)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.role == Role.ADMIN or not user.is_active:
        raise CannotLookAs
    look = Impersonation.objects.create(
        admin=admin, user=user, reason=reason, started_at=now, ends_at=now + LOOKING_LASTS
    )
    record(actor=actor.because(reason), action="user.look_as", subject=user, now=now, look=look.public_id)
    if TELL_OF_LOOKS.value():
        notify(actor=actor, user=user, template="looked_at", now=now, reason=reason)
    return session_store.begin_look(look, own_session=own_session, address=actor.address, user_agent=actor.user_agent)


@transaction.atomic
def stop_looking(*, actor: Actor, look: Impersonation, now: datetime, because: LookEnded = LookEnded.STOPPED) -> bool:
    """Whether this ended it, or it was over already. Its sessions are gone in every process."""
    session_store.end(BrowserSession.objects.filter(impersonation=look))
    mine = Impersonation.objects.filter(pk=look.pk, ended_at__isnull=True)
    if not mine.update(ended_at=now, ended_because=because):
        return False
    actor = replace(actor, user=actor.impersonator or actor.user, impersonator=None)
    record(actor=actor, action="user.stop_look", subject=look.user, now=now, look=look.public_id, because=because)
    return True


def end_looks(*, now: datetime) -> int:
    """The clock's: write down those whose time is over, or whose session has ended otherwise; how many."""
    going_on = Impersonation.objects.filter(ended_at__isnull=True).select_related("user")
    sessions = BrowserSession.objects.filter(impersonation=OuterRef("pk"))
    over = going_on.filter(ends_at__lte=now)
    signed_out = going_on.filter(~Exists(sessions), ends_at__gt=now, started_at__lt=now - SETTLES)
    ended = [stop_looking(actor=platform(), look=look, because=LookEnded.TIME, now=now) for look in over]
    ended += [stop_looking(actor=platform(), look=look, because=LookEnded.SIGNED_OUT, now=now) for look in signed_out]
    return sum(ended)
