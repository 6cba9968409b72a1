"""Questions about many rounds."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from voting.models import Round


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds."""

    def in_progress(self) -> "RoundQuerySet":
        """Open or closing: at most one per event (a constraint says so)."""
        return self.filter(status__in=("open", "closing"))

    def current_first(self) -> "RoundQuerySet":
        """Of one event's rounds the one that matters first: in progress, else the last held, else the next planned."""
        planned = models.Q(status="planned")
        kind = models.Case(models.When(status__in=("open", "closing"), then=0), models.When(planned, then=2), default=1)
        place = models.Case(models.When(planned, then=models.F("number")), default=-models.F("number"))
        return self.order_by(kind, place)

    def due_to_open(self, *, now: datetime) -> "RoundQuerySet":
        """Planned for this moment, in an event that is live; not those whose time is over already."""
        not_over = models.Q(closes_at__isnull=True) | models.Q(closes_at__gt=now)
        return self.filter(not_over, status="planned", opens_at__lte=now, event__status="live")

    def due_to_close(self, *, now: datetime) -> "RoundQuerySet":
        """Open past their time or past their event, and those that were left behind in the middle of closing."""
        due = models.Q(status="closing") | models.Q(closes_at__lte=now) | ~models.Q(event__status="live")
        return self.in_progress().filter(due)
