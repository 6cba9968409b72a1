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

    def due_to_open(self, *, now: datetime) -> "RoundQuerySet":
        return self.filter(status="planned", opens_at__lte=now, event__status="live")

    def due_to_close(self, *, now: datetime) -> "RoundQuerySet":
        return self.filter(status__in=("open", "closing"), closes_at__lte=now)
