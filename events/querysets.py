"""Questions about many events, slots and attendees."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from accounts.models import User
    from events.models import Attendee, Event, Slot

PUBLIC_STATUSES = ("published", "live", "closed", "archived", "cancelled")


class EventQuerySet(models.QuerySet["Event"]):
    """Events."""

    def listed(self) -> "EventQuerySet":
        """Those anyone may find: past drafting and not private."""
        return self.filter(status__in=PUBLIC_STATUSES).exclude(access="private")

    def run_by(self, user: "User") -> "EventQuerySet":
        """Those this user owns or is staff of."""
        return self.filter(models.Q(owner=user) | models.Q(staff__user=user)).distinct()

    def joinable(self) -> "EventQuerySet":
        """Those a text may join."""
        return self.filter(status__in=("published", "live"))


class SlotQuerySet(models.QuerySet["Slot"]):
    """Places in line-ups."""

    def on_the_ballot(self) -> "SlotQuerySet":
        return self.exclude(invite_status__in=("declined", "withdrawn"))


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    """People at events."""

    def confirmed(self) -> "AttendeeQuerySet":
        return self.filter(status="confirmed")
