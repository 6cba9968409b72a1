"""Appeals: once for each decision by whoever it was made against, answered by another admin than the one who decided."""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Appeal, Case, CaseState, Decision, Outcome, Priority, Verdict
from accounts.moderation_rules import may_answer
from accounts.policies import require_person
from accounts.services.moderating import (
    HIDING,
    NotNow,
    case_to_decide,
    other_admins,
    said,
    step,
    take,
    tell_owner_of_answer,
)
from config.lib.constraints import broken_by
from config.lib.errors import NotFound, Refusal

APPEAL_WITHIN: Final = timedelta(days=180)  # as the EU's Digital Services Act, article 20, asks for at least
_APPEALABLE: Final = frozenset({CaseState.HELD, CaseState.DECIDED})


class NothingToAppeal(Refusal):
    status = 409
    message = _("This decision cannot be appealed any more.")


class AppealedAlready(Refusal):
    status = 409
    message = _("You have appealed this decision already. You will hear from us.")


class AnotherAdminNeeded(Refusal):
    status = 403
    message = _("You made this decision. Another admin answers the appeal.")


def decision_to_appeal(*, actor: Actor, decision_id: str) -> Decision:
    """A decision about something of the actor's. Raises AuthRequired, InsufficientScope, NotFound."""
    mine = Decision.objects.in_context().filter(case__owner=require_person(actor))
    found = mine.filter(public_id=decision_id).first()
    if found is None:
        raise NotFound
    return found


def is_appealable(*, decided: Decision, now: datetime) -> bool:
    """Whether it still hides something, and nobody has appealed. It was read `in_context`."""
    case = decided.case
    if decided.verdict not in HIDING or case.state not in _APPEALABLE or decided.at < now - APPEAL_WITHIN:
        return False
    overtaken: bool = decided.is_overtaken  # type: ignore[attr-defined]  # annotated by `in_context`
    return not overtaken and not hasattr(decided, "appeal")


@transaction.atomic
def appeal(*, actor: Actor, decision_id: str, words: str, now: datetime) -> Appeal:
    """Say why a decision is wrong. Raises AuthRequired, InsufficientScope, NotFound, ValidationError, AppealedAlready,
    NothingToAppeal.
    """
    decided = decision_to_appeal(actor=actor, decision_id=decision_id)
    words = said(words)
    case = Case.objects.select_for_update(of=("self",)).get(pk=decided.case_id)
    decided = decision_to_appeal(actor=actor, decision_id=decision_id)  # as it is now that nobody else changes the case
    if hasattr(decided, "appeal"):
        raise AppealedAlready
    if not is_appealable(decided=decided, now=now):
        raise NothingToAppeal
    made = _made(decided, actor, words, now)
    case.priority = max(case.priority, Priority.HIGH)
    step(case=case, state=CaseState.APPEALED, now=now)
    record(actor=actor, action="case.appeal", subject=case, now=now, decision=decided.public_id)
    return made


def _made(decided: Decision, actor: Actor, words: str, now: datetime) -> Appeal:
    try:
        with transaction.atomic():
            return Appeal.objects.create(decision=decided, by=actor.user, words=words, at=now)
    except IntegrityError as error:
        if broken_by(error) != "accounts_appeal_decision_id_key":
            raise
        raise AppealedAlready from error


@transaction.atomic
def answer(*, actor: Actor, case_id: str, outcome: Outcome, words: str, version: int, now: datetime) -> Case:
    """Answer the appeal that waits. Overturned, the subject is shown again; upheld, a hold waits for its decision.

    Raises AuthRequired, Forbidden, NotFound, OwnCase, StaleVersion, NotNow, AnotherAdminNeeded, ValidationError.
    """
    case = case_to_decide(actor=actor, case_id=case_id, version=version)
    waiting = Appeal.objects.select_related("decision__case__owner").filter(decision__case=case, outcome="").first()
    if case.state != CaseState.APPEALED or waiting is None:
        raise NotNow
    if actor.user and not may_answer(waiting, actor.user, others=other_admins(actor.user)):
        raise AnotherAdminNeeded
    waiting.answer, waiting.outcome = said(words), outcome
    waiting.answered_by, waiting.answered_at = actor.user, now
    waiting.save(update_fields=["answer", "outcome", "answered_by", "answered_at"])
    tell_owner_of_answer(waiting.decision)
    record(actor=actor, action="case.answer", subject=case, now=now, outcome=outcome.value)
    if outcome is Outcome.OVERTURNED:
        reason = waiting.decision.reason
        undone = Decision(
            case=case, verdict=Verdict.RESTORE, reason=reason, words=waiting.answer, by=actor.user, at=now
        )
        take(actor=actor, decided=undone, state=CaseState.CLOSED, now=now, tell=False)
    else:
        is_hold = waiting.decision.verdict == Verdict.HOLD
        step(case=case, state=CaseState.HELD if is_hold else CaseState.CLOSED, now=now)
    return case
