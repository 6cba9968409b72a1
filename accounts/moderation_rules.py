"""When reports hold something by themselves, and how urgent a case is (ADR 0022).

Whoever is signed in with a confirmed address and an account older than a day weighs full; everybody else weighs little, and
all of them together no more than one: addresses are cheap. Whose reports were never found right weighs little, too.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from accounts.models import Appeal, Breach, Case, CaseState, Decision, Priority, Report, User, Verdict
from accounts.policies import has_verified_email

FULL: Final = 10
LITTLE: Final = 2
OLD_ENOUGH: Final = timedelta(days=1)
IN_VAIN: Final = 3  # as many reports that were decided against make somebody weigh little
_GRAVE: Final = frozenset({Breach.ILLEGAL, Breach.VIOLENCE, Breach.SEXUAL})


def enough() -> int:
    """The points that hold something: MODERATION_HOLD_REPORTS people who weigh full."""
    return FULL * int(settings.MODERATION_HOLD_REPORTS)


def points_of(user: User | None, *, trusted: bool, now: datetime) -> int:
    """What a report of this person weighs; None is somebody without an account. Three queries at most."""
    if trusted:
        return enough()
    if user is None or user.created_at > now - OLD_ENOUGH or not has_verified_email(user) or _in_vain(user):
        return LITTLE
    return FULL


def _in_vain(user: User) -> bool:
    """Whether the last reports of this person that were decided about were all found to be about nothing."""
    theirs = Report.objects.filter(reporter=user, case__state=CaseState.CLOSED).order_by("-id")[:IN_VAIN]
    cases = [report.case_id for report in theirs]
    if len(cases) < IN_VAIN:
        return False
    return not Decision.objects.filter(case__in=cases, verdict=Verdict.REMOVE).exists()


def weight_of(case: Case, *, now: datetime) -> int:
    """The points of the reports within the last hours, those that weigh little counted as one person at most."""
    since = now - timedelta(hours=settings.MODERATION_HOLD_HOURS)
    points = list(case.reports.filter(at__gt=since).values_list("points", flat=True))
    return sum(each for each in points if each >= FULL) + min(FULL, sum(each for each in points if each < FULL))


def rests(case: Case, *, now: datetime) -> bool:
    """Whether an admin found nothing wrong with the subject lately: then reports hold it no more, admins may."""
    since = now - timedelta(days=settings.MODERATION_REST_DAYS)
    of_subject = Decision.objects.filter(case__subject_type=case.subject_type, case__subject_id=case.subject_id)
    return of_subject.filter(verdict__in=(Verdict.KEEP, Verdict.RESTORE), at__gt=since).exists()


def priority_of(reasons: Iterable[str], *, reached: bool) -> Priority:
    """`reached`: the reports would have held it, and something kept them from it."""
    if reached:
        return Priority.URGENT
    return Priority.HIGH if _GRAVE & set(reasons) else Priority.NORMAL


def may_answer(appeal: Appeal, admin: User, *, others: bool) -> bool:
    """Nobody judges their own decision, unless there is no other admin (`others`)."""
    return appeal.decision.by_id != admin.pk or not others
