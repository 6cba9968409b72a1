"""The events' section of the page of jobs: lists of people that are being imported."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from accounts.job_sections import MOST_SHOWN, Count, JobSection, Stuck, register
from events.models import AttendeeImport, ImportStatus
from events.services.attendee_imports import left_behind


def _counts(_now: datetime) -> Sequence[Count]:
    running = AttendeeImport.objects.filter(status=ImportStatus.RUNNING)
    return [Count(ImportStatus.RUNNING.label, running.count(), running.aggregate(at=Min("created_at"))["at"])]


def _left(now: datetime) -> Sequence[Stuck]:
    """The clock takes them up by itself; here they are only shown."""
    idle = AttendeeImport.objects.filter(pk__in=left_behind(now=now)[:MOST_SHOWN]).defer("file")
    why = _("Nobody has worked on it for a while. The clock takes it up again.")
    return [Stuck(row.public_id, _("Import of attendees"), why, row.touched_at) for row in idle.order_by("touched_at")]


register(JobSection("imports", _("Imports of attendees"), _counts, _left))
