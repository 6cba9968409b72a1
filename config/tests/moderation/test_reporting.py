"""Reporting something: who may, what it weighs, when it hides the thing by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from pytest_django import Settings

from accounts.actors import Actor, Via
from accounts.models import (
    AuditEntry,
    Breach,
    Case,
    CaseState,
    Decision,
    Priority,
    Report,
    TrustedFlagger,
    User,
    Verdict,
)
from accounts.reportables import kinds
from accounts.services.moderating import decide
from accounts.services.reporting import OwnThing, Reported, report
from accounts.tests.factories import UserFactory, confirm_email
from accounts.tests.racing import racers, until_blocked_or_done
from artists.models import Artist
from artists.tests.factories import ArtistFactory
from config.lib.errors import NotFound, RateLimitExceeded
from config.tests.fixtures import acting
from events.models import Event
from events.tests.factories import EventFactory, SlotFactory

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def night() -> Event:
    return EventFactory.create(
        published=True, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=9, hours=4)
    )


def somebody(**fields: Any) -> User:
    """Whose reports weigh full."""
    return confirm_email(UserFactory.create(created_at=NOW - timedelta(days=30), **fields))


def says(thing: Any, who: User | None, *, kind: str = "event", reason: Breach = Breach.SPAM, **rest: Any) -> Reported:
    actor = Actor(via=Via.PAGE, user=who, address=rest.pop("address", "192.0.2.1"))
    given = {"words": "", "now": NOW, **rest}
    return report(actor=actor, kind=kind, public_id=thing.public_id, reason=reason, **given)


def is_held(thing: Any) -> bool:
    thing.refresh_from_db()
    return thing.held_at is not None


def test_a_report_opens_a_case_and_more_reports_join_it(night: Event) -> None:
    first = says(night, somebody(), words="  They sell nothing.  ")
    says(night, None)
    case = Case.objects.get()
    assert (case.subject_type, case.subject_id, case.owner) == ("events.event", night.public_id, night.owner)
    assert (case.state, case.priority, case.reports.count()) == (CaseState.OPEN, Priority.NORMAL, 2)
    assert first.report.words == "They sell nothing."
    assert AuditEntry.objects.filter(action="report.make", subject_id=case.public_id).count() == 2
    assert not is_held(night)


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_same_person_reports_the_same_once(night: Event, *, signed_in: bool) -> None:
    who = somebody() if signed_in else None
    first, again = says(night, who), says(night, who, reason=Breach.HATE)
    assert (first.is_new, again.is_new, again.report) == (True, False, first.report)
    assert Report.objects.count() == 1


def test_where_somebody_reported_from_is_not_kept(night: Event) -> None:
    made = says(night, None, address="192.0.2.77").report
    assert made.mark
    assert "192.0.2.77" not in made.mark


def test_nobody_reports_what_they_do_not_see(night: Event) -> None:
    draft = EventFactory.create()
    for kind, public_id in (("event", draft.public_id), ("event", "0" * 16), ("weather", night.public_id)):
        with pytest.raises(NotFound):
            report(actor=acting(None), kind=kind, public_id=public_id, reason=Breach.SPAM, words="", now=NOW)


def test_nobody_reports_their_own(night: Event) -> None:
    with pytest.raises(OwnThing):
        says(night, night.owner)


def test_too_many_reports_of_one_person_wait(night: Event, settings: Settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "report": (1, 60)}
    says(night, None, address="192.0.2.9")
    with pytest.raises(RateLimitExceeded):
        says(night, None, address="192.0.2.9")


class TestHoldingByItself:
    def test_five_people_hide_it_and_the_owner_is_told(self, night: Event) -> None:
        for _each in range(4):
            says(night, somebody())
        assert not is_held(night)
        says(night, somebody(), reason=Breach.HATE)
        assert is_held(night)
        case, decided = Case.objects.get(), Decision.objects.get()
        assert (case.state, case.priority) == (CaseState.HELD, Priority.HIGH)
        assert (decided.verdict, decided.reason, decided.automatic, decided.by) == (
            Verdict.HOLD,
            Breach.SPAM,
            True,
            None,
        )

    def test_addresses_alone_never_do(self, night: Event, settings: Settings) -> None:
        settings.MODERATION_HOLD_REPORTS = 2
        for number in range(30):
            says(night, None, address=f"192.0.2.{number}")
        assert not is_held(night)
        says(night, somebody())
        assert is_held(night), "all addresses together are one person"

    @pytest.mark.parametrize("kind", ["new", "unconfirmed", "in vain"])
    def test_who_weighs_little(self, night: Event, settings: Settings, kind: str) -> None:
        settings.MODERATION_HOLD_REPORTS = 1
        who = somebody()
        if kind == "new":
            User.objects.filter(pk=who.pk).update(created_at=NOW - timedelta(hours=1))
        elif kind == "unconfirmed":
            who = UserFactory.create(created_at=NOW - timedelta(days=30))
        else:
            _three_in_vain(who)
        who = User.objects.get(pk=who.pk)
        assert says(night, who).report.points < 10
        assert not is_held(night)

    def test_old_reports_do_not_count(self, night: Event, settings: Settings) -> None:
        settings.MODERATION_HOLD_REPORTS = 2
        says(night, somebody(), now=NOW - timedelta(hours=25))
        says(night, somebody())
        assert not is_held(night)

    @pytest.mark.parametrize("by", ["trusted", "admin"])
    def test_one_whom_we_trust_is_enough(self, night: Event, admin_user: User, by: str) -> None:
        who = admin_user
        if by == "trusted":
            who = somebody()
            TrustedFlagger.objects.create(user=who, since=NOW)
        says(night, who)
        assert is_held(night)

    def test_a_night_that_is_on_is_for_people_to_decide(self, admin_user: User, settings: Settings) -> None:
        settings.MODERATION_HOLD_REPORTS = 1
        live = EventFactory.create(live=True)
        playing = SlotFactory.create(event=live).artist
        soon = EventFactory.create(published=True, starts_at=NOW + timedelta(hours=5), ends_at=NOW + timedelta(hours=9))
        says(live, somebody())
        says(soon, somebody())
        says(playing, somebody(), kind="artist")
        assert not is_held(live)
        assert not is_held(soon)
        assert not is_held(playing)
        assert list(Case.objects.values_list("state", "priority")) == [(CaseState.OPEN, Priority.URGENT)] * 3

    def test_what_an_admin_kept_is_not_hidden_by_the_same_people_again(
        self, night: Event, admin_user: User, settings: Settings
    ) -> None:
        settings.MODERATION_HOLD_REPORTS = 1
        crowd = [somebody(), somebody()]
        says(night, crowd[0])
        keep(Case.objects.get(), admin_user)
        assert not is_held(night)
        says(night, crowd[1])
        assert not is_held(night)
        assert Case.objects.order_by("pk").last().priority == Priority.URGENT  # type: ignore[union-attr]  # there are two

    @pytest.mark.parametrize("kind", ["image", "user", "artist"])
    def test_every_kind_can_be_hidden(self, kind: str, settings: Settings) -> None:
        settings.MODERATION_HOLD_REPORTS = 1
        made: dict[str, Callable[[], Any]] = {
            "user": UserFactory.create,
            "artist": ArtistFactory.create,
            "image": _picture,
        }
        row = made[kind]()
        says(row, somebody(), kind=kind)
        assert is_held(row)
        assert {each.kind for each in kinds()} == {"event", "artist", "image", "user"}


def keep(case: Case, admin: User) -> None:
    decide(
        actor=acting(admin),
        case_id=case.public_id,
        verdict=Verdict.KEEP,
        reason=Breach.OTHER,
        words="Fine.",
        version=case.version,
        now=NOW,
    )


def _three_in_vain(who: User) -> None:
    for artist in ArtistFactory.create_batch(3):
        says(artist, who, kind="artist")
    for case in Case.objects.all():
        Artist.objects.update(held_at=None)
        Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED, closed_at=NOW)


def _picture() -> Any:
    return UserFactory.create().uploads.create(
        kind="avatar", width=96, height=96, bytes=1, sha256="0" * 64, created_at=NOW
    )


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_two_that_reach_it_together_hide_it_once(self, settings: Settings) -> None:
        settings.MODERATION_HOLD_REPORTS = 3
        night = EventFactory.create(published=True, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10))
        says(night, somebody())
        says(night, somebody())
        two = [somebody(), somebody()]
        with racers() as pool:
            with transaction.atomic():
                says(night, two[0])
                second = pool.start(says, night, two[1])
                until_blocked_or_done(second)
            second.result()
        assert is_held(night)
        assert Decision.objects.count() == 1
        assert Report.objects.count() == 4

    def test_two_first_reports_are_one_case(self) -> None:
        night = EventFactory.create(published=True, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=10))
        two = [somebody(), somebody()]
        with racers() as pool:
            with transaction.atomic():
                says(night, two[0])
                second = pool.start(says, night, two[1])
                until_blocked_or_done(second)
            second.result()
        assert Case.objects.count() == 1
        assert Report.objects.count() == 2


def test_the_owner_of_a_held_night_gets_a_mail_with_the_reason(
    night: Event, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MODERATION_HOLD_REPORTS = 1
    with django_capture_on_commit_callbacks(execute=True):
        says(night, somebody())
    (sent,) = mail.outbox
    assert sent.to == [night.owner.email]
    assert night.title in sent.subject
    assert "/me/moderation/" in sent.body
    assert "Spam or a scam" in sent.body
