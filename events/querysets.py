"""Questions about many venues, events, slots and attendees."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.db import models
from django.db.models import DateField, DateTimeField, F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce

if TYPE_CHECKING:
    from accounts.models import User
    from events.models import Attendee, Event, Slot, Venue

PUBLIC_STATUSES: Final = ("published", "live", "closed", "archived", "cancelled")
JOINABLE_STATUSES: Final = ("published", "live")
UPCOMING_STATUSES: Final = ("published", "live")
OVER_STATUSES: Final = ("closed", "archived")
ARCHIVED_AFTER: Final = timedelta(days=30)

_WEST: Final = timedelta(hours=12)  # the zones' widest distances from UTC
_EAST: Final = timedelta(hours=14)
_DAY: Final = timedelta(days=1)
_SHOWN: Final = Q(
    held_at=None
)  # what moderation holds is there for those who run it and for admins, and for nobody else
_LISTED: Final = Q(status__in=PUBLIC_STATUSES) & ~Q(access="private") & _SHOWN


def _day_at_venue(moment: Combinable) -> Cast:
    """The date of a moment on the calendar of the event's venue."""
    clock = Func(F("venue__timezone"), moment, function="timezone", output_field=DateTimeField())
    return Cast(clock, DateField())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


class VenueQuerySet(models.QuerySet["Venue"]):
    """Places with a stage."""

    def owned_by(self, user: "User") -> "VenueQuerySet":
        return self.filter(owner=user)


class EventQuerySet(models.QuerySet["Event"]):
    """Events."""

    def listed(self) -> "EventQuerySet":
        """Those anyone may find: past drafting, not private and not held."""
        return self.filter(_LISTED)

    def run_by(self, user: "User") -> "EventQuerySet":
        """Those this user may change: owns, or is a manager of."""
        managed = self.model.objects.filter(staff__user=user, staff__role="manager")
        return self.filter(Q(owner=user) | Q(pk__in=managed.values("pk")))

    def seen_by(self, user: "User") -> "EventQuerySet":
        """Those this user may see: listed, owned, worked on as staff of any role, or attended past drafting.

        One that is held only by those who run it: the owner and managers.
        """
        manages = Q(staff__user=user, staff__role="manager")
        worked_on = self.model.objects.filter(manages | (Q(staff__user=user) & _SHOWN))
        attended = self.model.objects.filter(_SHOWN, attendees__user=user, status__in=PUBLIC_STATUSES)
        return self.filter(_LISTED | Q(owner=user) | Q(pk__in=worked_on.values("pk")) | Q(pk__in=attended.values("pk")))

    def shown(self) -> "EventQuerySet":
        """Those that moderation does not hold."""
        return self.filter(_SHOWN)

    def upcoming(self) -> "EventQuerySet":
        """Those still to come or on right now."""
        return self.filter(status__in=UPCOMING_STATUSES)

    def tonight(self, *, now: datetime) -> "EventQuerySet":
        """Those on right now, and those that start today by the clock of their venue; none more than a day ahead.

        So bounded it reads the near end of `event_upcoming`, however many nights are still to come.
        """
        near = self.upcoming().filter(starts_at__lt=now + _DAY)
        day, today = _day_at_venue(F("starts_at")), _day_at_venue(Value(now, DateTimeField()))
        return near.alias(day=day, today=today).filter(Q(status="live") | Q(day=F("today")))

    def between(self, first: date | None, last: date | None) -> "EventQuerySet":
        """Those that start on one of these days, both included, by the clock of their venue; None leaves an end open."""
        found = self.alias(day=_day_at_venue(F("starts_at")))
        if first:
            found = found.filter(starts_at__gte=_midnight(first) - _EAST, day__gte=first)
        if last:
            found = found.filter(starts_at__lt=_midnight(last) + _DAY + _WEST, day__lte=last)
        return found

    def joinable(self) -> "EventQuerySet":
        """Those a text may join."""
        return self.shown().filter(status__in=JOINABLE_STATUSES)

    def due_to_go_live(self, *, now: datetime) -> "EventQuerySet":
        return self.filter(status="published", starts_at__lte=now)

    def due_to_close(self, *, now: datetime) -> "EventQuerySet":
        return self.filter(status="live", ends_at__lte=now)

    def due_to_archive(self, *, now: datetime) -> "EventQuerySet":
        return self.filter(status="closed", ends_at__lte=now - ARCHIVED_AFTER)


class SlotQuerySet(models.QuerySet["Slot"]):
    """Places in line-ups."""

    def on_the_ballot(self) -> "SlotQuerySet":
        """Those who have not said no, and whom moderation does not hold."""
        return self.exclude(invite_status__in=("declined", "withdrawn")).filter(artist__held_at=None)

    def in_order(self) -> "SlotQuerySet":
        """By ballot number, each with its artist."""
        return self.select_related("artist").order_by("ballot_number")


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    """People at events."""

    def of(self, user: "User") -> "AttendeeQuerySet":
        """As whom this account is at events, also where the attendee it joined as was merged into another of theirs."""
        joined = self.model.objects.filter(user=user)
        return self.filter(pk__in=joined.values(standing=Coalesce("merged_into", "pk")))

    def confirmed(self) -> "AttendeeQuerySet":
        return self.filter(status="confirmed")

    def waiting_for_yes(self) -> "AttendeeQuerySet":
        """Those whose YES would still count: asked by an event that a text may join. Who was only invited was not asked."""
        asked = self.filter(status="pending", asked_at__isnull=False)
        return asked.filter(event__status__in=JOINABLE_STATUSES, event__held_at=None)
