"""Reporting something: from anybody, once for each open case, and what many reports do by themselves."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Breach, Case, CaseState, Priority, Report, TrustedFlagger, User
from accounts.moderation_rules import enough, points_of, priority_of, rests, weight_of
from accounts.policies import sees_everything
from accounts.reportables import is_spared, kind_named, to_report
from accounts.services.moderating import hold_by_rule, tell_admins
from config.lib.client_address import network_of
from config.lib.constraints import broken_by
from config.lib.errors import RateLimitExceeded, Refusal
from config.lib.limits import count
from config.lib.secrets import keys_for

_ONCE: Final = frozenset({"report_once_per_person", "report_once_per_address"})


class OwnThing(Refusal):
    status = 409
    message = _("This is yours. You can change it or take it down yourself.")


@dataclass(frozen=True, slots=True)
class Reported:
    """`is_new` is false where the same person has reported the same before, and the case still waits."""

    report: Report
    is_new: bool


def report(*, actor: Actor, kind: str, public_id: str, reason: Breach, words: str, now: datetime) -> Reported:
    """Report what the actor sees there; an account is not needed.

    Raises NotFound, OwnThing, RateLimitExceeded.
    """
    row = to_report(actor, kind, public_id)
    owner = kind_named(kind).owner(row)
    if owner is not None and owner == actor.user:
        raise OwnThing
    _count(actor)
    return _stored(actor, row, owner, reason=reason, words=words.strip(), now=now)


def _count(actor: Actor) -> None:
    identity = f"user:{actor.user.pk}" if actor.user else f"address:{_network(actor)}"
    allowance = count("report", identity)
    if allowance and allowance.exceeded:
        raise RateLimitExceeded(retry_after=allowance.reset)


@transaction.atomic
def _stored(actor: Actor, row: Any, owner: User | None, *, reason: Breach, words: str, now: datetime) -> Reported:
    case = _open_case(row._meta.label_lower, row.public_id, owner, now)
    who: dict[str, Any] = {"reporter": actor.user} if actor.user else {"mark": _mark(actor)}
    points = points_of(actor.user, trusted=_is_trusted(actor), now=now)
    try:
        with transaction.atomic():
            made = Report.objects.create(case=case, reason=reason, words=words, points=points, at=now, **who)
    except IntegrityError as error:
        if broken_by(error) not in _ONCE:
            raise
        return Reported(case.reports.get(**who), is_new=False)
    record(actor=actor, action="report.make", subject=case, now=now, reason=reason.value)
    _weigh(case, now=now)
    return Reported(made, is_new=True)


def _open_case(label: str, public_id: str, owner: User | None, now: datetime) -> Case:
    """The subject's case that is not closed, locked; made where there is none."""
    of_subject = Case.objects.filter(subject_type=label, subject_id=public_id).exclude(state=CaseState.CLOSED)
    while True:
        if found := of_subject.select_for_update().first():
            return found
        try:
            with transaction.atomic():
                return Case.objects.create(subject_type=label, subject_id=public_id, owner=owner, opened_at=now)
        except IntegrityError as error:
            if broken_by(error) != "case_open_once":
                raise


def _weigh(case: Case, *, now: datetime) -> None:
    """Hold the subject once the reports weigh enough, unless people have to decide; then they are told. Locked by the caller."""
    reached = case.state == CaseState.OPEN and weight_of(case, now=now) >= enough()
    for_people = reached and (rests(case, now=now) or is_spared(case.subject_type, case.subject_id, now=now))
    reasons = list(case.reports.values_list("reason", flat=True))
    priority = max(case.priority, priority_of(reasons, reached=for_people))
    if priority > case.priority:
        case.priority = priority
        case.save(update_fields=["priority"])
        if priority == Priority.URGENT:
            tell_admins(case)
    if reached and not for_people:
        hold_by_rule(case=case, reason=Breach(max(set(reasons), key=reasons.count)), now=now)


def _is_trusted(actor: Actor) -> bool:
    if actor.user is None:
        return False
    return sees_everything(actor) or TrustedFlagger.objects.filter(user=actor.user).exists()


def _mark(actor: Actor) -> str:
    """Tells people without an account apart by where they are, and says nothing about it to whoever reads the row."""
    return hmac.new(keys_for("report-mark")[0], _network(actor).encode(), hashlib.sha256).hexdigest()[:32]


def _network(actor: Actor) -> str:
    return network_of(actor.address) if actor.address else "nowhere"
