"""Starting once more what no worker could finish: the clock takes it up within a minute (`accounts.tend_privacy`)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Erasure, Export, ExportState
from accounts.policies import require_admin
from accounts.services.exports import ExportUnderWay
from config.lib.constraints import broken_by
from config.lib.errors import NotFound


def redrive_export(*, actor: Actor, public_id: str, now: datetime) -> None:
    """A copy that failed is prepared from the start. Raises AuthRequired, Forbidden, NotFound, ExportUnderWay."""
    require_admin(actor)
    try:
        with transaction.atomic():
            _queue_again(actor, public_id, now)
    except IntegrityError as error:
        if broken_by(error) != "export_one_at_a_time":
            raise
        raise ExportUnderWay from error


def _queue_again(actor: Actor, public_id: str, now: datetime) -> None:
    failed = Export.objects.filter(public_id=public_id, state=ExportState.FAILED)
    if not failed.update(state=ExportState.QUEUED, attempt=0, finished_at=None, leased_until=None):
        raise NotFound
    export = Export.objects.get(public_id=public_id)
    record(actor=actor, action="privacy.redrive", subject=export, now=now)


@transaction.atomic
def redrive_erasure(*, actor: Actor, public_id: str, now: datetime) -> None:
    """The next worker takes it, whoever held it before. Raises AuthRequired, Forbidden, NotFound."""
    require_admin(actor)
    if not Erasure.objects.filter(public_id=public_id, finished_at__isnull=True).update(leased_until=None):
        raise NotFound
    erasure = Erasure.objects.get(public_id=public_id)
    record(actor=actor, action="privacy.redrive", subject=erasure, now=now)
