"""Forgetting a person: everywhere, for good, whatever crashes in between.

Asking ends every way in at once, and nothing can be undone from then on. A worker then gives each app its turn, the upper ones
first, each in a transaction of its own; the account goes last, so that whoever takes over after a crash still knows who is to
be forgotten, and begins at the first app again. What is forgotten already is not found a second time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, platform
from accounts.audit import record
from accounts.models import Ended, Erasure, RefreshFamily, User
from accounts.personal_data import Words, registered
from accounts.persons import person_of
from accounts.policies import require_person
from accounts.services.account_mail import write_to
from accounts.services.proving import prove_again
from config.lib.constraints import broken_by
from config.lib.errors import Detail, InvalidCredentials, NotFound, Refusal, Unavailable, ValidationError

logger = structlog.get_logger(__name__)

LEASE: Final = timedelta(minutes=1)  # a turn that takes longer holds the row's lock, and whoever would take over waits
TAKEN_UP_AFTER: Final = timedelta(seconds=30)


class CannotBeForgottenYet(Refusal):
    status = 409
    message = _("Something of yours has to be settled first.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody is told before they ask to be forgotten: what goes, what stays, and what has to be settled first."""

    goes: list[Words]
    stays: list[Words]
    hindrances: list[Words]


def terms_for(actor: Actor) -> Terms:
    """Raises AuthRequired, InsufficientScope."""
    person = person_of(require_person(actor))
    apps = list(reversed(registered()))
    return Terms(
        goes=[words for data in apps for words in data.goes],
        stays=[words for data in apps for words in data.stays],
        hindrances=[words for data in apps for words in data.hindrances(person)],
    )


def request_erasure(*, actor: Actor, password: str, recently: bool, now: datetime) -> Erasure:
    """Begin to forget the actor, who proves to be themselves by the password, or did so a moment ago (`recently`).

    Raises AuthRequired, InsufficientScope, ValidationError for a wrong password, CannotBeForgottenYet with the reasons, and what
    `prove_again` raises.
    """
    user = require_person(actor)
    if password:
        _require_password(actor, password, now)
    elif not recently:
        first = _("Give your password, or sign in again first.")
        raise ValidationError(details=[Detail("password", "required", first)])
    return _begin(actor, user, now)


def _require_password(actor: Actor, password: str, now: datetime) -> None:
    try:
        prove_again(actor=actor, password=password, now=now)
    except InvalidCredentials as error:
        wrong = _("This is not your password.")
        raise ValidationError(details=[Detail("password", "wrong", wrong)]) from error


@transaction.atomic
def _begin(actor: Actor, user: User, now: datetime) -> Erasure:
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    apps = registered()
    person = person_of(locked)
    hindrances = [words for data in apps for words in data.hindrances(person)]
    if hindrances:
        raise CannotBeForgottenYet(details=[Detail("account", "to_settle", words) for words in hindrances])
    try:
        with transaction.atomic():
            erasure = Erasure.objects.create(user=locked, language=locked.language, steps=len(apps), requested_at=now)
    except IntegrityError as error:
        if broken_by(error) != "erasure_once_per_user":
            raise
        return Erasure.objects.get(user=locked)
    _end_every_way_in(locked, now)
    record(actor=actor, action="privacy.erase", subject=erasure, now=now)
    return erasure


def _end_every_way_in(user: User, now: datetime) -> None:
    """Nothing signs in as an account that is not active: no session, no token, no key, no password."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    RefreshFamily.objects.filter(user=user).end(because=Ended.SIGNED_OUT, now=now)


def erasure_at(public_id: str) -> Erasure:
    """By its unguessable id, which its owner was given: nobody is signed in any more. Raises NotFound."""
    found = Erasure.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def carry_out(*, erasure_id: int, now: datetime) -> bool:
    """Give every app its turn, and then close the matter. False where somebody else has it in hand, or nothing is left."""
    attempt = _claim(erasure_id, now)
    if attempt is None:
        return False
    for done, data in enumerate(registered(), start=1):
        with transaction.atomic():
            erasure = _locked(erasure_id, attempt)
            if erasure is None or erasure.user is None:
                return False
            person = person_of(erasure.user)
            data.forget(person, now)
            Erasure.objects.filter(pk=erasure_id).update(done=done, leased_until=now + LEASE)
            if done == erasure.steps:
                _close(erasure, person.emails or (person.user.email,), now)
    return True


def _claim(erasure_id: int, now: datetime) -> int | None:
    """Which attempt this is; None where there is nothing to take."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    unfinished = Erasure.objects.filter(free, pk=erasure_id, finished_at__isnull=True)
    if not unfinished.update(attempt=F("attempt") + 1, leased_until=now + LEASE, steps=len(registered()), done=0):
        return None
    return Erasure.objects.values_list("attempt", flat=True).get(pk=erasure_id)


def _locked(erasure_id: int, attempt: int) -> Erasure | None:
    rows = Erasure.objects.select_for_update(no_key=True, of=("self",)).select_related("user")
    return rows.filter(pk=erasure_id, attempt=attempt, finished_at__isnull=True).first()


def _close(erasure: Erasure, emails: tuple[str, ...], now: datetime) -> None:
    """The account itself goes; what is left of the matter says that it happened, and not to whom."""
    assert erasure.user, "who has none is not closed again"
    User.objects.filter(pk=erasure.user.pk).delete()
    Erasure.objects.filter(pk=erasure.pk).update(finished_at=now, leased_until=None)
    record(actor=platform(), action="privacy.erased", subject=erasure, now=now, apps=erasure.steps)
    try:
        with transaction.atomic():
            write_to(email=emails[0], template="privacy/mail/erased", language=erasure.language)
    except Unavailable:
        logger.warning("privacy.no_last_mail", erasure=erasure.public_id)


def left_behind(*, now: datetime) -> list[int]:
    """Erasures that nobody works on, by primary key: to be taken up."""
    lost = Q(leased_until__isnull=True, requested_at__lt=now - TAKEN_UP_AFTER) | Q(leased_until__lt=now)
    unfinished = Erasure.objects.filter(lost, finished_at__isnull=True)
    return list(unfinished.order_by("requested_at").values_list("pk", flat=True))
