"""Running order and times on stage, mending a venue, the clock on the wall: what the console's forms stand on."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError as Invalid
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry, User
from config.lib.errors import InsufficientScope, NotFound, Refusal, StaleVersion, ValidationError
from config.tests.fixtures import acting
from events.console.wall_clock import moment_at, wall_clock
from events.models import Slot
from events.services import lineup, venues
from events.services.events import EventNotEditable
from events.tests.factories import EventFactory, SlotFactory, VenueFactory
from events.vote_rules import check_vote_config, offered

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]


@pytest.fixture
def slot(organizer: User) -> Slot:
    return SlotFactory.create(event=EventFactory.create(owner=organizer))


def arrange(user: User, slot: Slot, now: datetime, position: int = 3) -> Slot:
    return lineup.arrange(
        actor=acting(user),
        public_id=slot.event.public_id,
        artist_id=slot.artist.public_id,
        position=position,
        set_at=None,
        now=now,
    )


@pytest.mark.django_db
def test_a_place_in_the_order_and_no_other_number(organizer: User, slot: Slot, now: datetime) -> None:
    before = slot.event.version

    arranged = arrange(organizer, slot, now)

    assert (arranged.position, arranged.ballot_number, arranged.set_at) == (3, slot.ballot_number, None)
    slot.event.refresh_from_db()
    assert slot.event.version == before + 1
    assert AuditEntry.objects.get().action == "slot.arrange"


@pytest.mark.django_db
def test_who_may_not_arrange(slot: Slot, organizer: User, outsider: User, fan: User, now: datetime) -> None:
    refused: list[tuple[User, type[Refusal]]] = [(outsider, NotFound), (fan, InsufficientScope)]
    for user, refusal in refused:
        with pytest.raises(refusal):
            arrange(user, slot, now)
    with pytest.raises(ValidationError) as wrong:
        arrange(organizer, slot, now, position=-1)
    assert [detail.field for detail in wrong.value.details] == ["position"]


@pytest.mark.django_db
def test_over_means_over(organizer: User, now: datetime) -> None:
    over = SlotFactory.create(event=EventFactory.create(owner=organizer, closed=True))
    with pytest.raises(EventNotEditable):
        arrange(organizer, over, now)


@pytest.mark.django_db
def test_a_venue_is_mended_by_whose_it_is(organizer: User, outsider: User, now: datetime) -> None:
    venue = VenueFactory.create(owner=organizer)

    def mend(user: User, version: int) -> None:
        changes: venues.VenueChanges = {"city": "Potsdam"}
        venues.edit(actor=acting(user), public_id=venue.public_id, changes=changes, expected_version=version, now=now)

    with pytest.raises(NotFound):
        mend(outsider, 1)
    mend(organizer, 1)
    with pytest.raises(StaleVersion):
        mend(organizer, 1)
    venue.refresh_from_db()
    assert (venue.city, venue.version) == ("Potsdam", 2)
    assert AuditEntry.objects.get().facts == {"changed": ["city"]}


@given(
    moment=st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2099-01-01")),
    zone=st.sampled_from(ZONES),
)
def test_what_the_wall_shows_is_that_moment_or_the_same_hour_before_the_clocks_went_back(
    moment: datetime, zone: str
) -> None:
    shown = wall_clock(moment.replace(tzinfo=UTC), zone)
    assert shown is not None
    assert wall_clock(moment_at(shown, zone), zone) == shown


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert moment_at(datetime.fromisoformat("2026-10-25T02:30"), "Europe/Berlin").astimezone(UTC).hour == 0


def test_an_hour_that_is_skipped_is_refused() -> None:
    with pytest.raises(Invalid):
        moment_at(datetime.fromisoformat("2026-03-29T02:30"), "Europe/Berlin")


@pytest.mark.parametrize("rule", ["method", "results"])
def test_what_is_offered_can_be_stored(rule: str) -> None:
    assert offered(rule)
    for value in offered(rule):
        check_vote_config({rule: value})
