"""What the database itself refuses, whoever writes: each constraint broken on purpose."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from accounts.tests.factories import UserFactory
from artists.models import Artist
from artists.tests.factories import ArtistFactory
from config.lib.constraints import broken_by
from events.models import Attendee, Event, EventStaff, Slot, Venue
from events.tests.factories import (
    AttendeeFactory,
    EventFactory,
    EventStaffFactory,
    PhoneFactory,
    SenderFactory,
    SlotFactory,
    VenueFactory,
)
from messaging.tests.factories import MailboxFactory

pytestmark = pytest.mark.django_db

Break = Callable[[], Any]


def changed(model: type[Any], row: Any, **columns: Any) -> None:
    model.objects.filter(pk=row.pk).update(**columns)


def keyword_again(status: str = "draft") -> None:
    taken = EventFactory.create(live=True)
    EventFactory.create(join_keyword=taken.join_keyword, status=status)


def same_event(**columns: Any) -> None:
    for attendee in AttendeeFactory.create_batch(2, event=EventFactory.create(), phone=None):
        changed(Attendee, attendee, **columns)


BROKEN: dict[str, Break] = {
    "venue_country_code": lambda: changed(Venue, VenueFactory.create(), country="d1"),
    "event_status_known": lambda: changed(Event, EventFactory.create(), status="open"),
    "event_access_known": lambda: changed(Event, EventFactory.create(), access="secret"),
    "event_ends_after_it_starts": lambda: changed(Event, EventFactory.create(), ends_at=F("starts_at")),
    "event_doors_before_start": lambda: changed(
        Event, EventFactory.create(), doors_at=F("starts_at") + timedelta(seconds=1)
    ),
    "event_keyword_spelling": lambda: changed(Event, EventFactory.create(), join_keyword="4242"),
    "event_keyword_has_a_number": lambda: changed(Event, EventFactory.create(), sender=None),
    "event_keyword_once_per_number": keyword_again,
    "events_event_slug_key": lambda: changed(Event, EventFactory.create(), slug=EventFactory.create().slug),
    "event_staff_role_known": lambda: changed(EventStaff, EventStaffFactory.create(), role="boss"),
    "event_staff_once": lambda: EventStaffFactory.create_batch(
        2, event=EventFactory.create(), user=UserFactory.create()
    ),
    "slot_invite_status_known": lambda: changed(Slot, SlotFactory.create(), invite_status="maybe"),
    "slot_ballot_number_from_one": lambda: changed(Slot, SlotFactory.create(), ballot_number=0),
    "slot_once_per_artist": lambda: SlotFactory.create_batch(
        2, event=EventFactory.create(), artist=ArtistFactory.create()
    ),
    "slot_ballot_number_once": lambda: SlotFactory.create_batch(2, event=EventFactory.create(), ballot_number=1),
    "attendee_status_known": lambda: changed(Attendee, AttendeeFactory.create(), status="gone"),
    "attendee_source_known": lambda: changed(Attendee, AttendeeFactory.create(), source="fax"),
    "attendee_phone_once_per_event": lambda: same_event(phone=PhoneFactory.create()),
    "attendee_email_once_per_event": lambda: same_event(email=MailboxFactory.create()),
    "attendee_user_once_per_event": lambda: same_event(user=UserFactory.create()),
    "attendee_confirmed_at_some_time": lambda: changed(Attendee, AttendeeFactory.create(), confirmed_at=None),
    "attendee_merged_has_left": lambda: changed(
        Attendee, AttendeeFactory.create(), merged_into=AttendeeFactory.create()
    ),
    "artist_status_known": lambda: changed(Artist, ArtistFactory.create(claimed=True), status="famous"),
    "artist_has_a_name": lambda: changed(Artist, ArtistFactory.create(), name=""),
    "artist_claimed_by_somebody": lambda: changed(Artist, ArtistFactory.create(), status="claimed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BROKEN[name]()
    assert broken_by(refused.value) == name


def test_every_constraint_of_ours_is_broken_here() -> None:
    named = {
        constraint.name
        for model in (Venue, Event, EventStaff, Slot, Attendee, Artist)
        for constraint in model._meta.constraints
    }
    assert named == BROKEN.keys() - {"events_event_slug_key"}


@pytest.mark.parametrize("status", ["closed", "archived", "cancelled"])
def test_a_keyword_is_free_again_once_its_event_is_over(status: str) -> None:
    keyword_again(status)
    assert Event.objects.count() == 2


def test_another_number_may_have_the_same_keyword() -> None:
    taken = EventFactory.create(live=True)
    EventFactory.create(join_keyword=taken.join_keyword, sender=SenderFactory.create())
    assert Event.objects.count() == 2


def test_what_others_stand_on_is_not_deleted() -> None:
    slot = SlotFactory.create()
    rows: list[Any] = [slot.artist, slot.event.venue, slot.event.owner, slot.event.sender]
    for row in rows:
        with pytest.raises(ProtectedError):
            row.delete()
