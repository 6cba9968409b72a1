"""Test venues, events, line-ups and attendees."""

from datetime import UTC, datetime, timedelta

import factory
from django.utils import timezone

from accounts.models import Role
from accounts.tests.factories import UserFactory
from artists.tests.factories import ArtistFactory
from events.models import (
    Attendee,
    AttendeeSource,
    AttendeeStatus,
    Event,
    EventStaff,
    EventStatus,
    Slot,
    StaffRole,
    Venue,
)
from events.vote_rules import VoteConfig
from messaging.models import Address, Channel, Sender


class SenderFactory(factory.django.DjangoModelFactory[Sender]):
    """A number events can be joined on; `platform=True` is the platform's own."""

    class Meta:
        model = Sender
        django_get_or_create = ("channel", "value")

    class Params:
        platform = factory.Trait(value="+12025550100")

    channel = Channel.SMS
    value = factory.Sequence(lambda number: f"+1202555{number % 10_000:04d}")


class PhoneFactory(factory.django.DjangoModelFactory[Address]):
    """Somebody's phone."""

    class Meta:
        model = Address

    channel = Channel.SMS
    value = factory.Sequence(lambda number: f"+1415555{number % 10_000:04d}")


class VenueFactory(factory.django.DjangoModelFactory[Venue]):
    class Meta:
        model = Venue

    owner = factory.SubFactory(UserFactory, role=Role.ORGANIZER)
    name = factory.Sequence(lambda number: f"Hall {number}")
    city = "Berlin"
    country = "DE"
    timezone = "Europe/Berlin"


class EventFactory(factory.django.DjangoModelFactory[Event]):
    """A draft for next week by default. Traits: `published`, `live` (began an hour ago), `closed`, `archived`, `cancelled`.

    Each has a keyword of its own (NIGHT1, NIGHT2, …) on the platform's number.
    """

    class Meta:
        model = Event

    class Params:
        published = factory.Trait(status=EventStatus.PUBLISHED)
        live = factory.Trait(
            status=EventStatus.LIVE, starts_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
        )
        closed = factory.Trait(
            status=EventStatus.CLOSED, starts_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
        )
        archived = factory.Trait(
            status=EventStatus.ARCHIVED, starts_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=60))
        )
        cancelled = factory.Trait(status=EventStatus.CANCELLED)

    owner = factory.SubFactory(UserFactory, role=Role.ORGANIZER)
    venue = factory.SubFactory(VenueFactory, owner=factory.SelfAttribute("..owner"))
    title = factory.Sequence(lambda number: f"Night {number}")
    slug = factory.Sequence(lambda number: f"night-{number}")
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=5))
    join_keyword = factory.Sequence(lambda number: f"NIGHT{number}")
    sender = factory.SubFactory(SenderFactory, platform=True)
    vote_config = factory.LazyFunction(lambda: VoteConfig().document())


class EventStaffFactory(factory.django.DjangoModelFactory[EventStaff]):
    class Meta:
        model = EventStaff

    event = factory.SubFactory(EventFactory)
    user = factory.SubFactory(UserFactory)
    role = StaffRole.MANAGER


class SlotFactory(factory.django.DjangoModelFactory[Slot]):
    """A place in a line-up; numbers count up from 1 within its event."""

    class Meta:
        model = Slot

    event = factory.SubFactory(EventFactory)
    artist = factory.SubFactory(ArtistFactory)
    ballot_number = factory.LazyAttribute(lambda slot: slot.event.lineup.count() + 1)
    position = factory.SelfAttribute("ballot_number")


class AttendeeFactory(factory.django.DjangoModelFactory[Attendee]):
    """A confirmed attendee with a phone. Traits: `pending`, `left`; `signed_in` has an account and no phone."""

    class Meta:
        model = Attendee

    class Params:
        pending = factory.Trait(
            status=AttendeeStatus.PENDING, confirmed_at=None, asked_at=factory.SelfAttribute("joined_at")
        )
        left = factory.Trait(status=AttendeeStatus.LEFT)
        signed_in = factory.Trait(phone=None, user=factory.SubFactory(UserFactory), source=AttendeeSource.WEB)

    event = factory.SubFactory(EventFactory, live=True)
    phone = factory.SubFactory(PhoneFactory)
    status = AttendeeStatus.CONFIRMED
    source = AttendeeSource.SMS
    joined_at = factory.LazyFunction(lambda: datetime.now(UTC))
    confirmed_at = factory.SelfAttribute("joined_at")
