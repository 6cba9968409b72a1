"""Two at once: the database decides, and without its guard the same test fails."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from accounts.actors import Via
from accounts.models import AuditEntry, User
from config.tests.fixtures import acting
from events import life_cycle
from events.keywords import KeywordTaken
from events.life_cycle import EventCannotMove
from events.models import Attendee, Event, EventStatus, Slot
from events.policies import event_to_run
from events.querysets import AttendeeQuerySet, EventQuerySet, SlotQuerySet
from events.services import attendees, events, lineup
from events.services.lineup import NewArtist
from events.services.venues import NewVenue
from events.tests.factories import EventFactory, PhoneFactory
from events.tests.racing import meet_before, together, without_index

pytestmark = pytest.mark.django_db(transaction=True)
guard = pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])


@pytest.fixture
def lifted() -> Iterator[ExitStack]:
    """Guards that a control takes away, put back afterwards."""
    with ExitStack() as stack:
        yield stack


@guard
def test_two_invitations_get_two_numbers(
    organizer: User, now: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Guard: the event's row is locked while numbers are counted."""
    event = EventFactory.create(owner=organizer)
    meet_before(monkeypatch, SlotQuerySet, "create", 2)
    if not guarded:
        monkeypatch.setattr(lineup, "locked_event", event_to_run)

    def invite(name: str) -> Slot:
        return lineup.invite(actor=acting(organizer), public_id=event.public_id, artist=NewArtist(name), now=now)

    outcomes = together(lambda: invite("Ana"), lambda: invite("Bo"))
    numbers = sorted(slot.ballot_number for slot in outcomes if isinstance(slot, Slot))
    assert numbers == ([1, 2] if guarded else [1])
    assert any(isinstance(outcome, IntegrityError) for outcome in outcomes) != guarded


@guard
def test_a_phone_that_joins_twice_is_one_attendee(
    now: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool, lifted: ExitStack
) -> None:
    """Guard: the unique constraint on event and phone."""
    event, phone = EventFactory.create(live=True), PhoneFactory.create()
    if not guarded:
        lifted.enter_context(without_index("attendee_phone_once_per_event"))
    meet_before(monkeypatch, AttendeeQuerySet, "create", 2)

    def join() -> Any:
        return attendees.join_by_sms(actor=acting(None, Via.SMS), event=event, phone_id=phone.pk, now=now)

    outcomes = together(join, join)
    assert Attendee.objects.count() == (1 if guarded else 2)
    if guarded:
        assert sorted(outcome.asked for outcome in outcomes) == ["before", "now"]


@guard
def test_a_keyword_goes_to_one_of_two_events(
    organizer: User, outsider: User, now: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool, lifted: ExitStack
) -> None:
    """Guard: the unique constraint on number and keyword."""
    if not guarded:
        lifted.enter_context(without_index("event_keyword_once_per_number"))
    meet_before(monkeypatch, Event, "save", 2)
    venue = NewVenue(name="Lido", city="Berlin", country="DE", timezone="Europe/Berlin")

    def create(owner: User, title: str) -> Event:
        start = now + timedelta(days=1)
        return events.create(
            actor=acting(owner),
            title=title,
            venue=venue,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            join_keyword="NOISE",
            now=now,
        )

    outcomes = together(lambda: create(organizer, "A"), lambda: create(outsider, "B"))
    assert Event.objects.filter(join_keyword="NOISE").count() == (1 if guarded else 2)
    assert any(isinstance(outcome, KeywordTaken) for outcome in outcomes) == guarded


def test_two_events_of_one_title_get_addresses_and_keywords_of_their_own(
    organizer: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet_before(monkeypatch, Event, "save", 2)
    venue = NewVenue(name="Lido", city="Berlin", country="DE", timezone="Europe/Berlin")

    def create() -> Event:
        start, end = now + timedelta(days=1), now + timedelta(days=2)
        return events.create(actor=acting(organizer), title="Noise", venue=venue, starts_at=start, ends_at=end, now=now)

    made = together(create, create)
    assert sorted(event.join_keyword for event in made) == ["NOISE", "NOISE2"]
    assert len({event.slug for event in made}) == 2


@guard
def test_an_event_goes_live_once(
    organizer: User, now: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Guard: the update's condition on where the event stands."""
    event = EventFactory.create(owner=organizer, published=True)
    meet_before(monkeypatch, EventQuerySet, "update", 2)
    if not guarded:
        anywhere = {**life_cycle.MOVES, EventStatus.LIVE: frozenset(EventStatus)}
        monkeypatch.setattr(life_cycle, "MOVES", anywhere)

    def go_live() -> Event:
        return events.go_live(actor=acting(organizer), public_id=event.public_id, now=now)

    outcomes = together(go_live, go_live)
    assert any(isinstance(outcome, EventCannotMove) for outcome in outcomes) == guarded
    assert AuditEntry.objects.filter(action="event.go_live").count() == (1 if guarded else 2)


def test_several_clocks_move_each_event_once(now: datetime) -> None:
    EventFactory.create_batch(12, published=True, starts_at=now - timedelta(hours=1))
    moved = together(*(lambda: events.move_by_clock(now=now) for _clock in range(4)))
    assert sum(moved) == 12
    assert AuditEntry.objects.filter(action="event.go_live").count() == 12
    assert not Event.objects.exclude(status="live").exists()


@guard
def test_the_same_person_by_text_and_by_app_is_one_attendee(
    fan: User, now: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool, lifted: ExitStack
) -> None:
    """Guard: the unique constraint on event and phone, and one more look after it refused."""
    event, phone = EventFactory.create(live=True), PhoneFactory.create()
    fan.phone, fan.phone_verified_at = phone.value, now
    fan.save()
    if not guarded:
        lifted.enter_context(without_index("attendee_phone_once_per_event"))
    meet_before(monkeypatch, AttendeeQuerySet, "create", 2)
    together(
        lambda: attendees.join_by_sms(actor=acting(None, Via.SMS), event=event, phone_id=phone.pk, now=now),
        lambda: attendees.join_signed_in(actor=acting(fan), public_id=event.public_id, now=now),
    )
    assert Attendee.objects.count() == (1 if guarded else 2)
    if guarded:
        assert Attendee.objects.get().user == fan


@guard
def test_an_edit_from_a_stale_page_loses(
    organizer: User, now: datetime, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Guard: the version is compared with the row's while the row is locked."""
    event = EventFactory.create(owner=organizer)
    meet_before(monkeypatch, Event, "save", 2)
    if not guarded:
        monkeypatch.setattr(events, "locked_event", event_to_run)

    def edit(title: str) -> Event:
        return events.edit(
            actor=acting(organizer),
            public_id=event.public_id,
            changes={"title": title},
            expected_version=event.version,
            now=now,
        )

    outcomes = together(lambda: edit("A"), lambda: edit("B"))
    assert sum(isinstance(outcome, Event) for outcome in outcomes) == (1 if guarded else 2)
