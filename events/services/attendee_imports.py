"""Importing people from a file: looked at first, imported in pieces, and to the end whatever happens in between.

The file is kept with the import, so what was looked at is what is imported. Each piece is a transaction of its own that also
moves `position`: a worker that is killed leaves whole pieces behind, whoever comes next goes on from there, and a piece that
is done twice adds nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.actors import Actor, platform
from events.attendee_csv import Person, Sheet, read_sheet
from events.models import AttendeeImport, ImportStatus
from events.policies import import_to_run
from events.services.guest_list import event_to_fill, newcomers, put_on_list

PIECE: Final = 500
KEPT_FOR: Final = timedelta(days=7)
LEFT_BEHIND_AFTER: Final = timedelta(seconds=60)
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """What importing would do as things stand: how many are new, how many known already, and the rows in full."""

    new: int
    known: int
    sheet: Sheet


@transaction.atomic
def upload(*, actor: Actor, public_id: str, file_name: str, data: bytes, now: datetime) -> AttendeeImport:
    """Keep the file, to be looked at; nobody is imported yet.

    Raises what `event_to_run` raises, ListClosed, and what `read_sheet` raises.
    """
    event = event_to_fill(actor=actor, public_id=public_id)
    sheet = read_sheet(data, country=event.venue.country)
    made = AttendeeImport.objects.create(
        event=event,
        uploaded_by=actor.user,
        file_name=file_name[-_LONGEST_NAME:],
        file=data,
        rows=sheet.rows,
        refused=len(sheet.refused),
        created_at=now,
        touched_at=now,
    )
    facts = {"event": public_id, "rows": made.rows, "refused": made.refused}
    audit.record(actor=actor, action="attendees.upload", subject=made, now=now, **facts)
    return made


def sheet_of(import_: AttendeeImport) -> Sheet:
    """The kept file, read again. The event's venue must be loaded."""
    return read_sheet(bytes(import_.file), country=import_.event.venue.country)


def preview_of(import_: AttendeeImport) -> Preview:
    """Raises nothing: the file was read once before it was kept."""
    sheet = sheet_of(import_)
    new = sum(1 for _person in newcomers(event=import_.event, people=sheet.people))
    return Preview(new=new, known=len(sheet.people) - new, sheet=sheet)


@transaction.atomic
def start(*, actor: Actor, import_id: str, now: datetime) -> AttendeeImport:
    """Let the import begin; what has begun goes on and is not begun again. Raises what `import_to_run` raises, ListClosed."""
    found = import_to_run(actor, import_id)
    event_to_fill(actor=actor, public_id=found.event.public_id)
    checked = AttendeeImport.objects.filter(pk=found.pk, status=ImportStatus.CHECKED)
    if checked.update(status=ImportStatus.RUNNING, touched_at=now):
        facts = {"event": found.event.public_id, "rows": found.rows - found.refused}
        audit.record(actor=actor, action="attendees.import", subject=found, now=now, **facts)
    found.refresh_from_db(fields=["status", "touched_at"])
    return found


@transaction.atomic
def discard(*, actor: Actor, import_id: str, now: datetime) -> None:
    """Delete an upload that was not imported; one that was stays for its week. Raises what `import_to_run` raises."""
    found = import_to_run(actor, import_id)
    deleted, _models = AttendeeImport.objects.filter(pk=found.pk, status=ImportStatus.CHECKED).delete()
    if deleted:
        audit.record(actor=actor, action="attendees.discard", subject=found, now=now, event=found.event.public_id)


@transaction.atomic
def advance(*, import_id: int, people: Sequence[Person], now: datetime) -> bool:
    """Import the next piece; whether there is more to do for the caller.

    There is not when all is done, and when somebody else has the import in hand.
    """
    rows = (
        AttendeeImport.objects.select_for_update(skip_locked=True, of=("self",)).select_related("event").defer("file")
    )
    found = rows.filter(pk=import_id, status=ImportStatus.RUNNING).first()
    if found is None:
        return False
    piece = people[found.position : found.position + PIECE]
    added = put_on_list(event=found.event, people=piece)
    position = found.position + len(piece)
    progress = {"position": position, "added": F("added") + added, "known": F("known") + len(piece) - added}
    done = position >= len(people)
    end = {"status": ImportStatus.DONE, "finished_at": now} if done else {}
    AttendeeImport.objects.filter(pk=found.pk).update(touched_at=now, **progress, **end)
    if done:
        _record_end(found.pk, now)
    return not done


def left_behind(*, now: datetime) -> list[int]:
    """Imports that nobody has worked on for a while, by primary key: to be taken up again."""
    idle = AttendeeImport.objects.filter(status=ImportStatus.RUNNING, touched_at__lt=now - LEFT_BEHIND_AFTER)
    return list(idle.order_by("touched_at").values_list("pk", flat=True))


def sweep(*, now: datetime) -> int:
    """Delete what was uploaded a week ago, file and all; the people imported stay. How many that was."""
    old = AttendeeImport.objects.filter(created_at__lt=now - KEPT_FOR).exclude(status=ImportStatus.RUNNING)
    deleted, _models = old.delete()
    return deleted


def _record_end(import_id: int, now: datetime) -> None:
    ended = AttendeeImport.objects.select_related("event").defer("file").get(pk=import_id)
    facts = {"event": ended.event.public_id, "added": ended.added, "known": ended.known, "refused": ended.refused}
    audit.record(actor=platform(), action="attendees.imported", subject=ended, now=now, **facts)
