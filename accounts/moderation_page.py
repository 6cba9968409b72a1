"""What pages show of moderation: the thing to report, what is held and why, an owner's decisions, the case for an admin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import (
    Appeal,
    Breach,
    Case,
    CaseState,
    Decision,
    Outcome,
    Priority,
    Report,
    TrustedFlagger,
    User,
    Verdict,
)
from accounts.moderation_rules import may_answer
from accounts.policies import require_admin, require_person
from accounts.reportables import kind_labelled, kind_named, row_of, to_report
from accounts.services.appealing import decision_to_appeal, is_appealable
from accounts.services.moderating import HIDING, MOVES, other_admins
from config.lib.errors import NotFound

_LATEST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Why something is hidden, for whoever may see it nevertheless. `appeal_href` is "" where there is nothing to do."""

    sentence: str
    words: str
    appeal_href: str


def hold_of(subject: Any, actor: Actor, *, now: datetime) -> Hold | None:
    """What the banner of a held thing says; None for one that is shown. No query for that, else one."""
    if subject.held_at is None:
        return None
    label = subject._meta.label_lower
    of_subject = Decision.objects.filter(case__subject_type=label, case__subject_id=subject.public_id)
    last = of_subject.filter(verdict__in=HIDING).in_context().order_by("-pk").first()
    if last is None:
        return Hold(sentence=_("Only you and the platform see this."), words="", appeal_href="")
    mine = actor.user is not None and last.case.owner_id == actor.user.pk
    may_appeal = mine and is_appealable(decided=last, now=now)
    return Hold(
        sentence=_sentence(last),
        words=last.words,
        appeal_href=reverse("appeal", args=[last.public_id]) if may_appeal else "",
    )


def _sentence(decided: Decision) -> str:
    reason = {"reason": Breach(decided.reason).label}
    if decided.verdict == Verdict.REMOVE:
        return _("Removed: %(reason)s. Only you and the platform see this.") % reason
    return _("On hold: %(reason)s. Only you and the platform see this.") % reason


@dataclass(frozen=True, kw_only=True, slots=True)
class ToReport:
    """The thing that somebody is about to report. `href` leads back to it, "" where it has no page."""

    kind: str
    title: str
    href: str


def to_report_page(actor: Actor, kind: str, public_id: str) -> ToReport:
    """Raises NotFound. One query."""
    row, reportable = to_report(actor, kind, public_id), kind_named(kind)
    return ToReport(kind=str(reportable.words), title=reportable.title(row), href=reportable.href(row))


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionShown:
    """A decision about something of somebody's. `appeal` is what became of theirs, "" without one."""

    title: str
    kind: str
    what: str
    badge: str
    reason: str
    words: str
    day: str
    appeal: str
    answer: str
    appeal_href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportShown:
    """A report somebody made, and how it stands."""

    title: str
    kind: str
    reason: str
    day: str
    standing: str
    badge: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MyModeration:
    decisions: Sequence[DecisionShown]
    reports: Sequence[ReportShown]


def my_moderation_of(actor: Actor, *, now: datetime) -> MyModeration:
    """The last of both, the newest first. Raises AuthRequired, InsufficientScope."""
    user = require_person(actor)
    zone = ZoneInfo(user.time_zone)
    about_mine = Decision.objects.filter(case__owner=user, verdict__in=(*HIDING, Verdict.RESTORE))
    decided = about_mine.in_context().order_by("-pk")[:_LATEST]
    made = Report.objects.filter(reporter=user).in_context().order_by("-pk")[:_LATEST]
    found = [*decided], [*made]
    titles = titles_of([each.case for each in (*found[0], *found[1])])
    return MyModeration(
        decisions=[_decision(each, titles, zone, now) for each in found[0]],
        reports=[_report(each, titles, zone) for each in found[1]],
    )


def titles_of(cases: Iterable[Case]) -> dict[tuple[str, str], str]:
    """What the subjects of these cases are called; left out is what is gone. A query for each kind."""
    by_label: dict[str, set[str]] = {}
    for case in cases:
        by_label.setdefault(case.subject_type, set()).add(case.subject_id)
    titles: dict[tuple[str, str], str] = {}
    for label, ids in by_label.items():
        reportable = kind_labelled(label)
        for row in reportable.rows().filter(public_id__in=ids):
            titles[label, row.public_id] = reportable.title(row)
    return titles


_BADGES = {Verdict.HOLD: "warn", Verdict.REMOVE: "bad", Verdict.RESTORE: "good", Verdict.KEEP: "good"}


_STATES = {
    CaseState.OPEN: "quiet",
    CaseState.HELD: "warn",
    CaseState.APPEALED: "warn",
    CaseState.DECIDED: "bad",
    CaseState.CLOSED: "quiet",
}


def what_was_done(verdict: str) -> str:
    """A verdict as something that happened."""
    words = {
        Verdict.KEEP: _("Kept"),
        Verdict.HOLD: _("On hold"),
        Verdict.REMOVE: _("Removed"),
        Verdict.RESTORE: _("Shown again"),
    }
    return words[Verdict(verdict)]


def _title(case: Case, titles: dict[tuple[str, str], str]) -> str:
    return titles.get((case.subject_type, case.subject_id), _("No longer there"))


def _decision(decided: Decision, titles: dict[tuple[str, str], str], zone: ZoneInfo, now: datetime) -> DecisionShown:
    appeal: Appeal | None = getattr(decided, "appeal", None)
    said = _("You have appealed. We will write to you.") if appeal else ""
    return DecisionShown(
        title=_title(decided.case, titles),
        kind=str(kind_labelled(decided.case.subject_type).words),
        what=what_was_done(decided.verdict),
        badge=_BADGES[Verdict(decided.verdict)],
        reason=str(Breach(decided.reason).label),
        words=decided.words,
        day=date_format(decided.at.astimezone(zone), "DATE_FORMAT"),
        appeal=str(Outcome(appeal.outcome).label) if appeal and appeal.outcome else said,
        answer=appeal.answer if appeal else "",
        appeal_href=reverse("appeal", args=[decided.public_id]) if is_appealable(decided=decided, now=now) else "",
    )


def _report(made: Report, titles: dict[tuple[str, str], str], zone: ZoneInfo) -> ReportShown:
    standing, badge = standing_of(made)
    hidden = made.case.state != CaseState.OPEN and badge != "good"
    return ReportShown(
        title=_("Not shown any more") if hidden else _title(made.case, titles),
        kind=str(kind_labelled(made.case.subject_type).words),
        reason=str(Breach(made.reason).label),
        day=date_format(made.at.astimezone(zone), "DATE_FORMAT"),
        standing=standing,
        badge=badge,
    )


def standing_of(made: Report) -> tuple[str, str]:
    """What became of a report, which was read `in_context`: in words, and as a kind of badge."""
    case = made.case
    if case.state == CaseState.OPEN:
        return _("We look at it"), "quiet"
    if case.state in {CaseState.HELD, CaseState.APPEALED}:
        return _("Hidden for now"), "warn"
    if made.last_verdict == Verdict.REMOVE:  # type: ignore[attr-defined]  # annotated by `in_context`
        return _("Removed"), "bad"
    return _("We found nothing wrong"), "good"


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealPage:
    title: str
    sentence: str
    words: str
    is_open: bool


def appeal_page_of(actor: Actor, decision_id: str, *, now: datetime) -> AppealPage:
    """Raises AuthRequired, InsufficientScope, NotFound."""
    decided = decision_to_appeal(actor=actor, decision_id=decision_id)
    return AppealPage(
        title=_title(decided.case, titles_of([decided.case])),
        sentence=_sentence(decided),
        words=decided.words,
        is_open=is_appealable(decided=decided, now=now),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportRow:
    """A report as admins see it. `reporter` is "" for whoever had no account; `trusted` whether theirs hold alone."""

    public_id: str
    code: str
    reason: str
    words: str
    at: datetime
    reporter: str
    email: str
    trusted: bool
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CasePage:
    """Everything an admin needs to decide. `decisions` are what was done, with the row; `verdicts` the steps possible now."""

    case: Case
    title: str
    kind: str
    href: str
    picture: str
    texts: Sequence[str]
    is_gone: bool
    is_hidden: bool
    priority: str
    state: str
    badge: str
    owner: User | None
    reports: Sequence[ReportRow]
    decisions: Sequence[tuple[str, Decision]]
    earlier: Sequence[Case]
    verdicts: Sequence[Verdict]
    appeal: Appeal | None
    may_answer: bool


def case_page_of(actor: Actor, public_id: str) -> CasePage:
    """Raises AuthRequired, Forbidden, NotFound."""
    require_admin(actor)
    decided = Decision.objects.select_related("by", "appeal__answered_by").order_by("pk")
    found = Case.objects.select_related("owner").prefetch_related(Prefetch("decisions", decided, to_attr="history"))
    case = found.filter(public_id=public_id).first()
    if case is None:
        raise NotFound
    reportable, row = kind_labelled(case.subject_type), row_of(case.subject_type, case.subject_id)
    is_hidden = row is not None and row.held_at is not None
    history: list[Decision] = case.history
    waiting = next((each.appeal for each in history if hasattr(each, "appeal") and not each.appeal.outcome), None)
    earlier = Case.objects.filter(subject_type=case.subject_type, subject_id=case.subject_id, pk__lt=case.pk)
    return CasePage(
        case=case,
        title=reportable.title(row) if row is not None else _("No longer there"),
        kind=str(reportable.words),
        href=reportable.href(row) if row is not None else "",
        picture=reportable.picture(row) if row is not None and not is_hidden else "",
        texts=[text for text in reportable.texts(row) if text] if row is not None else [],
        is_gone=row is None,
        is_hidden=is_hidden,
        priority=str(Priority(case.priority).label),
        state=str(CaseState(case.state).label),
        badge=_STATES[CaseState(case.state)],
        owner=case.owner,
        reports=_reports(case),
        decisions=[(what_was_done(each.verdict), each) for each in history],
        earlier=list(earlier.order_by("-pk")[:_LATEST]),
        verdicts=_verdicts(case, is_hidden=is_hidden),
        appeal=waiting,
        may_answer=_may_answer(actor, waiting),
    )


def _may_answer(actor: Actor, waiting: Appeal | None) -> bool:
    if waiting is None or actor.user is None:
        return waiting is not None
    return may_answer(waiting, actor.user, others=other_admins(actor.user))


def _verdicts(case: Case, *, is_hidden: bool) -> list[Verdict]:
    return [
        verdict
        for verdict, moves in MOVES.items()
        if case.state in moves and (verdict is not Verdict.RESTORE or is_hidden)
    ]


def _reports(case: Case) -> list[ReportRow]:
    made = list(case.reports.select_related("reporter").order_by("-points", "-pk"))
    known = [each.reporter_id for each in made if each.reporter_id]
    trusted = set(TrustedFlagger.objects.filter(user__in=known).values_list("user_id", flat=True))
    return [
        ReportRow(
            public_id=each.public_id,
            code=each.reason,
            reason=str(Breach(each.reason).label),
            words=each.words,
            at=each.at,
            reporter=each.reporter.known_as if each.reporter else "",
            email=each.reporter.email if each.reporter else "",
            trusted=each.reporter_id in trusted,
            points=each.points,
        )
        for each in made
    ]
