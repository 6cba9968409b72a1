"""Deciding about what was reported: each step of a case, its reason, what it does, who is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.actors import Actor, platform
from accounts.audit import record
from accounts.models import Breach, Case, CaseState, Decision, Priority, Role, TrustedFlagger, User, Verdict
from accounts.policies import require_admin
from accounts.reportables import kind_labelled, row_of, set_held
from accounts.services.account_mail import write_to
from config.lib.errors import Detail, NotFound, Refusal, StaleVersion, ValidationError

MOVES: Final[Mapping[Verdict, Mapping[str, CaseState]]] = {
    Verdict.KEEP: {CaseState.OPEN: CaseState.CLOSED, CaseState.HELD: CaseState.CLOSED},
    Verdict.HOLD: {CaseState.OPEN: CaseState.HELD},
    Verdict.REMOVE: {CaseState.OPEN: CaseState.DECIDED, CaseState.HELD: CaseState.DECIDED},
    Verdict.RESTORE: {CaseState.DECIDED: CaseState.CLOSED, CaseState.CLOSED: CaseState.CLOSED},
}
_ACTIONS: Final[Mapping[Verdict, str]] = {
    Verdict.KEEP: "case.keep",
    Verdict.HOLD: "case.hold",
    Verdict.REMOVE: "case.remove",
    Verdict.RESTORE: "case.restore",
}
HIDING: Final = frozenset({Verdict.HOLD, Verdict.REMOVE})


class NotNow(Refusal):
    status = 409
    message = _("This case is past that step. Load it again to see what was decided.")


class OwnCase(Refusal):
    status = 403
    message = _("This is about something of yours. Another admin decides.")


@transaction.atomic
def decide(
    *, actor: Actor, case_id: str, verdict: Verdict, reason: Breach, words: str, version: int, now: datetime
) -> Case:
    """Take a step, as an admin who has seen the case at `version`. The owner is told, where it changes anything for them.

    Raises AuthRequired, Forbidden, NotFound, OwnCase, StaleVersion, NotNow, ValidationError without words.
    """
    case = case_to_decide(actor=actor, case_id=case_id, version=version)
    words = said(words)
    if case.state not in MOVES[verdict] or (verdict is Verdict.RESTORE and not _is_last_word(case)):
        raise NotNow
    decided = Decision(case=case, verdict=verdict, reason=reason, words=words, by=actor.user, at=now)
    take(actor=actor, decided=decided, state=MOVES[verdict][case.state], now=now)
    return case


def case_to_decide(*, actor: Actor, case_id: str, version: int) -> Case:
    """The case as it was seen, locked. Raises AuthRequired, Forbidden, NotFound, OwnCase, StaleVersion."""
    require_admin(actor)
    case = Case.objects.select_for_update(of=("self",)).filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    if actor.user and case.owner_id == actor.user.pk and other_admins(actor.user):
        raise OwnCase
    if case.version != version:
        raise StaleVersion
    return case


def said(words: str) -> str:
    """The reason, without which nothing is decided. Raises ValidationError."""
    if not words.strip():
        raise ValidationError(details=[Detail("words", "required", _("Say why. The owner reads it."))])
    return words.strip()


def other_admins(user: User | None) -> bool:
    """Whether somebody else could decide."""
    admins = User.objects.filter(role=Role.ADMIN, is_active=True)
    return (admins.exclude(pk=user.pk) if user else admins).exists()


def hold_by_rule(*, case: Case, reason: Breach, now: datetime) -> None:
    """The reports weigh enough: hide the subject until an admin decides. The case is open and locked by the caller."""
    with override(case.owner.language if case.owner else settings.LANGUAGE_CODE):
        words = str(_("Several people reported it. It is hidden until somebody of us has looked at it."))
    held = Decision(case=case, verdict=Verdict.HOLD, reason=reason, words=words, automatic=True, at=now)
    case.priority = max(case.priority, Priority.HIGH)
    take(actor=platform(), decided=held, state=CaseState.HELD, now=now)


def take(*, actor: Actor, decided: Decision, state: CaseState, now: datetime, tell: bool = True) -> None:
    """Store the decision and do what it says; the case is locked by the caller."""
    case, verdict = decided.case, Verdict(decided.verdict)
    was_hidden = case.state != CaseState.OPEN
    decided.save(force_insert=True)
    step(case=case, state=state, now=now)
    if verdict in HIDING or was_hidden:
        set_held(case.subject_type, case.subject_id, now if verdict in HIDING else None)
        if tell:
            tell_owner(decided)
    about = f"{case.subject_type}:{case.subject_id}"
    record(actor=actor, action=_ACTIONS[verdict], subject=case, now=now, about=about, reason=decided.reason)


def step(*, case: Case, state: CaseState, now: datetime) -> None:
    """On to the next state, as a new version."""
    case.state, case.version = state, case.version + 1
    case.closed_at = now if state == CaseState.CLOSED else None
    case.save(update_fields=["state", "version", "closed_at", "priority"])


def _is_last_word(case: Case) -> bool:
    """Whether the subject is hidden, and by this case."""
    row = row_of(case.subject_type, case.subject_id)
    newer = Case.objects.filter(subject_type=case.subject_type, subject_id=case.subject_id, pk__gt=case.pk)
    return row is not None and row.held_at is not None and not newer.exists()


def tell_owner(decided: Decision) -> None:
    """The decision, its reason, and how to appeal."""
    if decided.case.owner:
        _write(decided.case, decided.case.owner, "decision", decision=decided)


def tell_owner_of_answer(decided: Decision) -> None:
    """What came of the appeal against it."""
    if decided.case.owner:
        _write(decided.case, decided.case.owner, "answer", decision=decided, appeal=decided.appeal)


def tell_admins(case: Case) -> None:
    """Reports would have hidden it, and only people may."""
    for admin in User.objects.filter(role=Role.ADMIN, is_active=True):
        _write(case, admin, "urgent")


def _write(case: Case, user: User, name: str, **context: Any) -> None:
    row = row_of(case.subject_type, case.subject_id)
    with override(user.language):
        title = str(kind_labelled(case.subject_type).title(row)) if row is not None else ""
    path = reverse("admin:accounts_case_change", args=[case.pk]) if name == "urgent" else reverse("my-moderation")
    facts = {"title": title, "link": settings.PUBLIC_URL + path, **context}
    write_to(email=user.email, template=f"moderation/mail/{name}", language=user.language, **facts)


@transaction.atomic
def trust(*, actor: Actor, report_id: str, trusted: bool, now: datetime) -> User:
    """Whether a report of whoever made this one holds something alone. Raises AuthRequired, Forbidden, NotFound."""
    require_admin(actor)
    user = User.objects.filter(pk__in=_reporter(report_id)).first()
    if user is None:
        raise NotFound
    if trusted:
        TrustedFlagger.objects.get_or_create(user=user, defaults={"since": now})
    else:
        TrustedFlagger.objects.filter(user=user).delete()
    if trusted:
        record(actor=actor, action="user.trust", subject=user, now=now)
    else:
        record(actor=actor, action="user.distrust", subject=user, now=now)
    return user


def _reporter(report_id: str) -> Any:
    return Case.objects.filter(reports__public_id=report_id).values("reports__reporter")
