"""The clock of events, and imports of attendees."""

from celery import shared_task
from django.utils import timezone

from events.models import AttendeeImport
from events.services import attendee_imports, events


@shared_task(name="events.move_by_clock")
def move_by_clock() -> None:
    events.move_by_clock(now=timezone.now())


@shared_task(name="events.import_attendees")
def import_attendees(import_id: int) -> None:
    """Import to the end, piece by piece; who is killed is followed by whoever comes next."""
    found = AttendeeImport.objects.select_related("event__venue").filter(pk=import_id).first()
    if found is None:
        return
    people = attendee_imports.sheet_of(found).people
    while attendee_imports.advance(import_id=import_id, people=people, now=timezone.now()):
        pass


def wake_importer(import_id: int) -> None:
    """Have a worker begin at once; within a minute the clock would do it too."""
    import_attendees.apply_async((import_id,), queue="bulk")


@shared_task(name="events.tend_imports")
def tend_imports() -> None:
    """Every minute: take up imports that were left in the middle, delete those whose week is over."""
    now = timezone.now()
    for import_id in attendee_imports.left_behind(now=now):
        wake_importer(import_id)
    attendee_imports.sweep(now=now)
