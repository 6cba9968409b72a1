"""A copy of everything held about a person: asked for, prepared by a worker, fetched by nobody but them, deleted in time.

The row is what counts: `queued` until a worker takes it, `running` while one holds its lease, then `ready` or `failed`. A
worker that dies leaves a lease that runs out; whoever comes next begins anew, for a half-written archive is worth nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Final

import structlog
from django.conf import settings
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import archive
from accounts.actors import Actor, platform
from accounts.audit import record
from accounts.models import Export, ExportState, User
from accounts.personal_data import sections
from accounts.persons import person_of
from accounts.policies import require_person
from accounts.services.account_mail import write_to
from config.lib.constraints import broken_by
from config.lib.errors import NotFound, Refusal
from config.lib.public_ids import new_public_id

logger = structlog.get_logger(__name__)

LEASE: Final = timedelta(minutes=2)  # renewed with every section, and within long ones
TAKEN_UP_AFTER: Final = timedelta(seconds=30)  # what no worker has taken by then was lost with its broker
MOST_ATTEMPTS: Final = 5
WAITING: Final = (ExportState.QUEUED, ExportState.RUNNING)
STORAGE: Final = "private"
_FOLDER: Final = "exports"
_NAMED_WITHIN: Final = timedelta(hours=1)  # an archive that no row names by then belongs to a worker that was killed
_DAY: Final = timedelta(days=1)


class ExportUnderWay(Refusal):
    status = 409
    message = _("A copy of your data is being prepared already. You get a mail when it is ready.")


class TooManyExports(Refusal):
    status = 429
    message = _("You have asked for several copies today. Ask again tomorrow.")


class ExportGone(Refusal):
    status = 410
    message = _("This copy has been deleted. Ask for a new one.")


class LostTheLease(Exception):
    """Somebody else has taken over, or the account is gone: whatever this worker has written is thrown away."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """An export in a worker's hand; every step names the attempt, so that a worker who was overtaken stops."""

    export_id: int
    attempt: int

    def step(self, *, done: int, rows: int, now: datetime) -> None:
        """Renew the lease and say how far it is. Raises LostTheLease."""
        mine = Export.objects.filter(pk=self.export_id, attempt=self.attempt, state=ExportState.RUNNING)
        if not mine.update(done=done, rows=rows, leased_until=now + LEASE):
            raise LostTheLease


@transaction.atomic
def request_export(*, actor: Actor, now: datetime) -> Export:
    """Have a copy prepared of everything held about the actor. One at a time, some per day.

    Raises AuthRequired, InsufficientScope, ExportUnderWay, TooManyExports.
    """
    user = require_person(actor)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # so that two at once are counted one after the other
    latest = Export.objects.filter(user=user, requested_at__gt=now - _DAY).exclude(state=ExportState.FAILED)
    if latest.count() >= settings.EXPORTS_PER_DAY:
        first = latest.earliest("requested_at").requested_at
        raise TooManyExports(retry_after=max(1, int((first + _DAY - now).total_seconds())))
    try:
        with transaction.atomic():
            export = Export.objects.create(user=user, sections=len(sections()), requested_at=now)
    except IntegrityError as error:
        if broken_by(error) != "export_one_at_a_time":
            raise
        raise ExportUnderWay from error
    record(actor=actor, action="privacy.export", subject=export, now=now)
    return export


def exports_of(actor: Actor) -> Iterable[Export]:
    """The actor's own, the newest first, as many as anybody needs to see. Raises AuthRequired, InsufficientScope."""
    return Export.objects.filter(user=require_person(actor)).order_by("-id")[:5]


def export_of(*, actor: Actor, public_id: str) -> Export:
    """One of the actor's own. Raises AuthRequired, InsufficientScope, NotFound."""
    found = Export.objects.filter(user=require_person(actor), public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def open_export(*, actor: Actor, public_id: str, now: datetime) -> tuple[Export, IO[bytes]]:
    """The archive of one of the actor's own exports, to be read and closed; that it was fetched is audited.

    Raises AuthRequired, InsufficientScope, NotFound, and ExportGone once it has expired.
    """
    export = export_of(actor=actor, public_id=public_id)
    if export.state == ExportState.EXPIRED or (export.expires_at and export.expires_at <= now):
        raise ExportGone
    if export.state != ExportState.READY:
        raise NotFound
    try:
        archived: IO[bytes] = storages[STORAGE].open(export.file)
    except FileNotFoundError as error:
        raise ExportGone from error
    record(actor=actor, action="privacy.fetch_export", subject=export, now=now)
    return export, archived


def claim(*, export_id: int, now: datetime) -> Claimed | None:
    """Take an export in hand: one that waits, or whose worker has not been heard of. None where there is nothing to do."""
    free = Q(state=ExportState.QUEUED) | Q(state=ExportState.RUNNING, leased_until__lt=now)
    attempt = {"attempt": F("attempt") + 1, "leased_until": now + LEASE, "state": ExportState.RUNNING}
    if not Export.objects.filter(free, pk=export_id, attempt__lt=MOST_ATTEMPTS).update(**attempt, done=0, rows=0):
        return None
    return Claimed(export_id, Export.objects.values_list("attempt", flat=True).get(pk=export_id))


def prepare(claimed: Claimed) -> None:
    """Write the archive and store it. Raises LostTheLease, and whatever a section raises."""
    export = Export.objects.select_related("user").get(pk=claimed.export_id)
    name = f"{_FOLDER}/{export.public_id}-{new_public_id()}.zip"
    with archive.written(person_of(export.user), step=claimed.step) as (content, rows):
        stored = storages[STORAGE].save(name, content)
        size = content.size
    try:
        _finish(claimed, file=stored, size=size, rows=rows)
    except LostTheLease:
        storages[STORAGE].delete(stored)
        raise


@transaction.atomic
def _finish(claimed: Claimed, *, file: str, size: int, rows: int) -> None:
    now = archive.clock()
    mine = Export.objects.filter(pk=claimed.export_id, attempt=claimed.attempt, state=ExportState.RUNNING)
    expires_at = now + timedelta(days=settings.EXPORT_DAYS)
    ready = {"state": ExportState.READY, "finished_at": now, "expires_at": expires_at, "leased_until": None}
    if not mine.update(**ready, file=file, size=size, rows=rows, done=F("sections")):
        raise LostTheLease
    export = Export.objects.select_related("user").get(pk=claimed.export_id)
    record(actor=platform(), action="privacy.export_ready", subject=export, now=now, rows=rows, size=size)
    write_to(
        email=export.user.email,
        template="privacy/mail/export_ready",
        language=export.user.language,
        days=settings.EXPORT_DAYS,
    )


def give_up(*, now: datetime) -> int:
    """Exports that no worker could finish have failed; their owner may ask again. How many that was."""
    spent = Export.objects.filter(state=ExportState.RUNNING, leased_until__lt=now, attempt__gte=MOST_ATTEMPTS)
    return spent.update(state=ExportState.FAILED, finished_at=now, leased_until=None)


def left_behind(*, now: datetime) -> list[int]:
    """Exports that nobody works on, by primary key: to be taken up."""
    lost = Q(state=ExportState.QUEUED, requested_at__lt=now - TAKEN_UP_AFTER)
    lost |= Q(state=ExportState.RUNNING, leased_until__lt=now)
    return list(Export.objects.filter(lost).order_by("requested_at").values_list("pk", flat=True))


def delete_files(exports: Iterable[Export]) -> int:
    """Delete what these exports have in storage, and count them; the rows stay, without it."""
    found = list(exports)
    for export in found:
        if export.file:
            storages[STORAGE].delete(export.file)
    return Export.objects.filter(pk__in=[export.pk for export in found]).update(
        state=ExportState.EXPIRED, file="", leased_until=None
    )


def sweep_files(*, now: datetime) -> int:
    """Delete archives that a worker stored and was killed before it could say so; how many. Nobody could fetch them, and nobody
    else would delete them: of somebody who is forgotten nothing would be left to find them by.
    """
    storage = storages[STORAGE]
    try:
        stored = [f"{_FOLDER}/{name}" for name in storage.listdir(_FOLDER)[1]]
    except FileNotFoundError:  # nobody has asked for a copy yet
        return 0
    old = {name for name in stored if storage.get_modified_time(name) <= now - _NAMED_WITHIN}
    lost = old - set(Export.objects.filter(file__in=old).values_list("file", flat=True))
    for name in lost:
        storage.delete(name)
    return len(lost)
