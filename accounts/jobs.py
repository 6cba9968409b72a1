"""Accounts' sections of the page of jobs: copies of personal data, and erasures."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count as Counted
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.job_sections import MOST_SHOWN, Count, JobSection, Stuck, register
from accounts.models import Erasure, Export, ExportState
from accounts.services.redriving import redrive_erasure, redrive_export


def _exports(_now: datetime) -> Sequence[Count]:
    found = Export.objects.exclude(state__in=[ExportState.READY, ExportState.EXPIRED]).values_list("state")
    by_state = {state: (number, oldest) for state, number, oldest in found.annotate(Counted("pk"), Min("requested_at"))}
    states = (ExportState.QUEUED, ExportState.RUNNING, ExportState.FAILED)
    return [
        Count(state.label, *by_state.get(state, (0, None)), is_trouble=state == ExportState.FAILED) for state in states
    ]


def _failed_exports(_now: datetime) -> Sequence[Stuck]:
    failed = Export.objects.filter(state=ExportState.FAILED).order_by("-id")[:MOST_SHOWN]
    why = _("No worker could finish it.")
    return [
        Stuck(row.public_id, _("Copy of somebody's data"), why, row.requested_at, can_redrive=True) for row in failed
    ]


def _erasures(_now: datetime) -> Sequence[Count]:
    going_on = Erasure.objects.filter(finished_at__isnull=True)
    asked = going_on.aggregate(number=Counted("pk"), oldest=Min("requested_at"))
    return [Count(_("Under way"), asked["number"], asked["oldest"])]


def _late_erasures(_now: datetime) -> Sequence[Stuck]:
    late = Erasure.objects.filter(finished_at__isnull=True, attempt__gt=1).order_by("id")[:MOST_SHOWN]
    return [
        Stuck(row.public_id, _("Somebody to be forgotten"), _("It was begun more than once."), row.requested_at, True)
        for row in late
    ]


def _export_again(actor: Actor, public_id: str, now: datetime) -> None:
    redrive_export(actor=actor, public_id=public_id, now=now)


def _erasure_again(actor: Actor, public_id: str, now: datetime) -> None:
    redrive_erasure(actor=actor, public_id=public_id, now=now)


register(JobSection("exports", _("Copies of personal data"), _exports, _failed_exports, _export_again))
register(JobSection("erasures", _("Erasures"), _erasures, _late_erasures, _erasure_again))
