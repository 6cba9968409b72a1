"""Deciding about reported things, and appeals: each step, who may take it, two at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Appeal, AuditEntry, Breach, Case, CaseState, Decision, Outcome, Role, User, Verdict
from accounts.services.appealing import (
    APPEAL_WITHIN,
    AnotherAdminNeeded,
    AppealedAlready,
    NothingToAppeal,
    answer,
    appeal,
)
from accounts.services.moderating import MOVES, NotNow, OwnCase, decide, trust
from accounts.services.reporting import report
from accounts.tests.factories import UserFactory, confirm_email
from accounts.tests.racing import racers, until_blocked_or_done
from config.lib.errors import AuthRequired, Forbidden, NotFound, Refusal, StaleVersion, ValidationError
from config.tests.fixtures import acting
from events.models import Event
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def night() -> Event:
    return EventFactory.create(published=True, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10))


@pytest.fixture
def case(night: Event) -> Case:
    return case_of(night)


def case_of(night: Event) -> Case:
    made = report(actor=acting(None), kind="event", public_id=night.public_id, reason=Breach.SPAM, words="", now=NOW)
    return made.report.case


def says(admin: User | None, case: Case, verdict: Verdict, **rest: Any) -> Case:
    version = Case.objects.get(pk=case.pk).version
    given = {"reason": Breach.SPAM, "words": "Because.", "version": version, "now": NOW, **rest}
    return decide(actor=acting(admin), case_id=case.public_id, verdict=verdict, **given)


def appeals(case: Case, *, now: datetime = NOW) -> Appeal:
    decided = Decision.objects.filter(case=case).order_by("pk").last()
    assert decided
    return appeal(actor=acting(case.owner), decision_id=decided.public_id, words="It is real.", now=now)


def answers(admin: User, case: Case, outcome: Outcome) -> Case:
    version = Case.objects.get(pk=case.pk).version
    return answer(
        actor=acting(admin), case_id=case.public_id, outcome=outcome, words="We looked.", version=version, now=NOW
    )


def is_held(night: Event) -> bool:
    night.refresh_from_db()
    return night.held_at is not None


@pytest.mark.parametrize(
    ("steps", "state", "held"),
    [
        ("keep", CaseState.CLOSED, False),
        ("hold", CaseState.HELD, True),
        ("hold keep", CaseState.CLOSED, False),
        ("hold remove", CaseState.DECIDED, True),
        ("remove", CaseState.DECIDED, True),
        ("remove restore", CaseState.CLOSED, False),
    ],
)
def test_steps(case: Case, night: Event, admin_user: User, steps: str, state: CaseState, *, held: bool) -> None:
    for step in steps.split():
        says(admin_user, case, Verdict(step))
    case.refresh_from_db()
    assert (case.state, is_held(night), case.version) == (state, held, 1 + len(steps.split()))
    assert list(Decision.objects.values_list("verdict", flat=True)) == steps.split()
    last = steps.rpartition(" ")[2]
    assert AuditEntry.objects.filter(action=f"case.{last}", subject_id=case.public_id).count() == 1


def test_a_step_that_does_not_follow_is_refused(case: Case, night: Event, admin_user: User) -> None:
    """All of them, from every state; nothing changes."""
    for state in CaseState:
        closed_at = NOW if state == CaseState.CLOSED else None
        Case.objects.filter(pk=case.pk).update(state=state, closed_at=closed_at)
        for verdict in Verdict:
            if state in MOVES[verdict] and verdict is not Verdict.RESTORE:
                continue
            with pytest.raises(NotNow):
                says(admin_user, case, verdict)
    assert Decision.objects.count() == 0
    assert not is_held(night)


@pytest.mark.parametrize(("who", "refusal"), [("nobody", AuthRequired), ("fan", Forbidden), ("organizer", Forbidden)])
def test_admins_alone_decide(case: Case, fan: User, organizer: User, who: str, refusal: type[Refusal]) -> None:
    user = {"nobody": None, "fan": fan, "organizer": organizer}[who]
    with pytest.raises(refusal):
        says(user, case, Verdict.REMOVE)
    with pytest.raises(refusal):
        trust(actor=acting(user), report_id="0" * 16, trusted=True, now=NOW)


def test_a_reason_in_words_is_needed(case: Case, admin_user: User) -> None:
    with pytest.raises(ValidationError):
        says(admin_user, case, Verdict.REMOVE, words="  ")
    assert Decision.objects.count() == 0


def test_nobody_decides_about_what_they_have_not_seen(case: Case, admin_user: User) -> None:
    with pytest.raises(StaleVersion):
        says(admin_user, case, Verdict.REMOVE, version=7)
    with pytest.raises(NotFound):
        decide(
            actor=acting(admin_user),
            case_id="0" * 16,
            verdict=Verdict.KEEP,
            reason=Breach.SPAM,
            words="x",
            version=1,
            now=NOW,
        )


def test_nobody_decides_about_their_own_while_somebody_else_can(case: Case, night: Event) -> None:
    User.objects.filter(pk=night.owner.pk).update(role=Role.ADMIN)
    owner = User.objects.get(pk=night.owner.pk)
    says(owner, case, Verdict.HOLD)  # the only admin there is
    UserFactory.create(role=Role.ADMIN)
    with pytest.raises(OwnCase):
        says(owner, case, Verdict.KEEP)


def test_what_was_closed_can_be_shown_again_by_its_last_case_alone(case: Case, night: Event, admin_user: User) -> None:
    says(admin_user, case, Verdict.REMOVE)
    appeals(case)
    other = UserFactory.create(role=Role.ADMIN)
    answers(other, case, Outcome.UPHELD)
    case.refresh_from_db()
    assert (case.state, is_held(night)) == (CaseState.CLOSED, True)
    says(admin_user, case, Verdict.RESTORE)
    assert not is_held(night)
    with pytest.raises(NotNow):
        says(admin_user, case, Verdict.RESTORE)


class TestAppeals:
    @pytest.mark.parametrize(
        ("verdict", "outcome", "state", "held"),
        [
            (Verdict.REMOVE, Outcome.OVERTURNED, CaseState.CLOSED, False),
            (Verdict.REMOVE, Outcome.UPHELD, CaseState.CLOSED, True),
            (Verdict.HOLD, Outcome.OVERTURNED, CaseState.CLOSED, False),
            (Verdict.HOLD, Outcome.UPHELD, CaseState.HELD, True),
        ],
    )
    def test_another_admin_answers(
        self, case: Case, night: Event, admin_user: User, verdict: Verdict, outcome: Outcome, state: str, *, held: bool
    ) -> None:
        says(admin_user, case, verdict)
        made = appeals(case)
        case.refresh_from_db()
        assert case.state == CaseState.APPEALED
        other = UserFactory.create(role=Role.ADMIN)
        with pytest.raises(AnotherAdminNeeded):
            answers(admin_user, case, outcome)
        answers(other, case, outcome)
        case.refresh_from_db()
        made.refresh_from_db()
        assert (case.state, is_held(night)) == (state, held)
        assert (made.outcome, made.answer, made.answered_by) == (outcome, "We looked.", other)

    def test_the_only_admin_answers_themselves(self, case: Case, admin_user: User) -> None:
        says(admin_user, case, Verdict.REMOVE)
        appeals(case)
        answers(admin_user, case, Outcome.OVERTURNED)

    def test_once_for_each_decision(self, case: Case, admin_user: User) -> None:
        says(admin_user, case, Verdict.HOLD)
        appeals(case)
        with pytest.raises(AppealedAlready):
            appeals(case)
        answers(UserFactory.create(role=Role.ADMIN), case, Outcome.UPHELD)
        with pytest.raises(AppealedAlready):
            appeals(case)
        says(admin_user, case, Verdict.REMOVE)
        appeals(case)
        assert Appeal.objects.count() == 2

    def test_of_others_nobody_knows(self, case: Case, admin_user: User, fan: User) -> None:
        says(admin_user, case, Verdict.REMOVE)
        decided = Decision.objects.get()
        with pytest.raises(NotFound):
            appeal(actor=acting(fan), decision_id=decided.public_id, words="Me!", now=NOW)
        with pytest.raises(AuthRequired):
            appeal(actor=acting(None), decision_id=decided.public_id, words="Me!", now=NOW)

    @pytest.mark.parametrize("why", ["kept", "overtaken", "too late"])
    def test_what_cannot_be_appealed(self, case: Case, admin_user: User, why: str) -> None:
        says(admin_user, case, Verdict.HOLD)
        held = Decision.objects.get()
        if why == "kept":
            says(admin_user, case, Verdict.KEEP)
        elif why == "overtaken":
            says(admin_user, case, Verdict.REMOVE)
        late = NOW + APPEAL_WITHIN + timedelta(days=1) if why == "too late" else NOW
        with pytest.raises(NothingToAppeal):
            appeal(actor=acting(case.owner), decision_id=held.public_id, words="No.", now=late)


def test_a_report_of_somebody_trusted_is_trusted_until_they_are_not(night: Event, admin_user: User) -> None:
    who = confirm_email(UserFactory.create(created_at=NOW - timedelta(days=30)))
    made = report(actor=acting(who), kind="event", public_id=night.public_id, reason=Breach.SPAM, words="", now=NOW)
    trust(actor=acting(admin_user), report_id=made.report.public_id, trusted=True, now=NOW)
    other = EventFactory.create(published=True, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10))
    report(actor=acting(who), kind="event", public_id=other.public_id, reason=Breach.SPAM, words="", now=NOW)
    assert is_held(other)
    trust(actor=acting(admin_user), report_id=made.report.public_id, trusted=False, now=NOW)
    assert list(AuditEntry.objects.filter(subject_id=who.public_id).values_list("action", flat=True)) == [
        "user.trust",
        "user.distrust",
    ]
    with pytest.raises(NotFound):
        trust(actor=acting(admin_user), report_id="0" * 16, trusted=True, now=NOW)


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def race(self, first: Callable[[], Any], second: Callable[[], Any]) -> Refusal | None:
        with racers() as pool:
            with transaction.atomic():
                first()
                waiting = pool.start(second)
                until_blocked_or_done(waiting)
            error = waiting.exception()
        assert error is None or isinstance(error, Refusal)
        return error

    def test_two_admins_decide_once(self, admin_user: User) -> None:
        night = EventFactory.create(published=True, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10))
        case, other = case_of(night), UserFactory.create(role=Role.ADMIN)
        lost = self.race(
            lambda: says(admin_user, case, Verdict.KEEP, version=1),
            lambda: says(other, case, Verdict.REMOVE, version=1),
        )
        assert isinstance(lost, StaleVersion)
        assert (Decision.objects.get().verdict, is_held(night)) == (Verdict.KEEP, False)

    def test_two_appeals_are_one(self, admin_user: User) -> None:
        night = EventFactory.create(published=True, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10))
        case = case_of(night)
        says(admin_user, case, Verdict.REMOVE)
        lost = self.race(lambda: appeals(case), lambda: appeals(case))
        assert isinstance(lost, AppealedAlready)
        assert Appeal.objects.count() == 1
