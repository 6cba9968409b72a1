"""Keeping what people upload: the files first, the row after; what nothing uses is swept."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import IO, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.audit import record
from accounts.models import Upload, UploadKind, UploadState, User
from accounts.pictures import storing
from accounts.pictures.developing import Developed, develop
from accounts.pictures.refusals import PictureTooLarge
from accounts.pictures.variants import SHAPES
from accounts.policies import signed_in
from config.lib.constraints import broken_by
from config.lib.errors import Detail, NotFound, RateLimitExceeded, Refusal, ValidationError
from config.lib.limits import count
from config.lib.public_ids import new_public_id

WAITS_FOR: Final = timedelta(days=1)
_CHUNK: Final = 65_536
_SHELVES_PER_HOUR: Final = len(storing.SHELVES) // 24 + 1


class UploadInUse(Refusal):
    status = 409
    message = _("This picture is in use. Take it away where it is shown.")


def keep_picture(*, actor: Actor, kind: str, file: IO[bytes], size: int, now: datetime) -> Upload:
    """Store the picture in `file` (`size` bytes) in all sizes of its `kind`, for whoever acts. It waits to be used.

    The same picture sent again while it waits gives the same upload. Raises AuthRequired, PictureTooLarge,
    RateLimitExceeded, and what `develop` raises.
    """
    owner = signed_in(actor)
    if size > settings.MOST_PICTURE_BYTES:
        raise PictureTooLarge
    _count(owner)
    sha256 = _digest(file)
    waiting = Upload.objects.filter(owner=owner, kind=kind, sha256=sha256, state=UploadState.WAITING)
    if known := waiting.first():
        return known
    developed = develop(file, SHAPES[kind])
    public_id = new_public_id()
    storing.put(public_id, sha256, developed.files)
    upload = Upload(public_id=public_id, owner=owner, kind=kind, sha256=sha256, created_at=now)
    try:
        return _stored(actor, upload, developed, now)
    except IntegrityError as error:
        if broken_by(error) != "upload_waits_once":
            raise
        storing.discard(public_id)  # somebody sent the same at the same moment
        return waiting.get()


def _count(owner: User) -> None:
    allowance = count("upload", f"user:{owner.pk}")
    if allowance and allowance.exceeded:
        raise RateLimitExceeded(retry_after=allowance.reset)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


@transaction.atomic
def _stored(actor: Actor, upload: Upload, developed: Developed, now: datetime) -> Upload:
    upload.width, upload.height, upload.bytes = developed.width, developed.height, developed.bytes
    upload.save(force_insert=True)
    record(actor=actor, action="upload.keep", subject=upload, now=now, kind=upload.kind, bytes=upload.bytes)
    return upload


def own_upload(*, actor: Actor, public_id: str) -> Upload:
    """Raises AuthRequired, NotFound for one of somebody else or one that is used no more."""
    mine = Upload.objects.filter(owner=signed_in(actor), public_id=public_id)
    upload = mine.exclude(state=UploadState.DROPPED).first()
    if upload is None:
        raise NotFound
    return upload


@transaction.atomic
def take_back(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Drop an upload that nothing uses. Raises what `own_upload` raises, UploadInUse."""
    upload = own_upload(actor=actor, public_id=public_id)
    waiting = Upload.objects.filter(pk=upload.pk, state=UploadState.WAITING)
    if not waiting.update(state=UploadState.DROPPED):
        raise UploadInUse
    record(actor=actor, action="upload.drop", subject=upload, now=now)


def use_upload(*, owner: User, public_id: str, kind: UploadKind, field: str) -> None:
    """Mark it as used, in the transaction of what uses it. Raises ValidationError naming `field` where it cannot be."""
    waiting = Upload.objects.filter(owner=owner, public_id=public_id, kind=kind, state=UploadState.WAITING)
    if not waiting.update(state=UploadState.USED):
        message = _("This picture is not there any more. Send it again.")
        raise ValidationError(details=[Detail(field, "unknown_upload", message)])


def drop_upload(*, public_id: str) -> None:
    """What used it uses it no more; it is shown from the commit on to nobody, and swept."""
    Upload.objects.filter(public_id=public_id).update(state=UploadState.DROPPED)


def sweep_uploads(*, now: datetime, batch: int) -> int:
    """Delete what was dropped, what has waited for a day, and files that no row names. How many uploads that were."""
    too_old = Q(state=UploadState.WAITING, created_at__lte=now - WAITS_FOR)
    unused = Upload.objects.filter(Q(state=UploadState.DROPPED) | too_old)
    swept = 0
    while public_ids := _taken_out(unused, batch):
        for public_id in public_ids:
            storing.discard(public_id)
        swept += len(public_ids)
    return swept + sum(1 for _orphan in _swept_orphans(now))


@transaction.atomic
def _taken_out(unused: QuerySet[Upload], batch: int) -> list[str]:
    """Delete rows that nobody takes into use meanwhile. Their files go after the commit: a crash in between leaves files
    without a row, which are swept as well.
    """
    found = list(unused.select_for_update(skip_locked=True).order_by("pk")[:batch])
    Upload.objects.filter(pk__in=[upload.pk for upload in found]).delete()
    return [upload.public_id for upload in found]


def _swept_orphans(now: datetime) -> Iterator[str]:
    """Of this hour's part of the shelves, so that all are looked through once a day."""
    hour = now.astimezone(UTC).hour
    for shelf in storing.SHELVES[hour * _SHELVES_PER_HOUR : (hour + 1) * _SHELVES_PER_HOUR]:
        old = {public_id for public_id, written in storing.kept_on(shelf) if written <= now - WAITS_FOR}
        known = set(Upload.objects.filter(public_id__in=old).values_list("public_id", flat=True)) if old else set()
        for public_id in old - known:
            storing.discard(public_id)
            yield public_id
