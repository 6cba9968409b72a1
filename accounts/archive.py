"""Writes the archive of an export: one JSON file per section, the person's files, and a page that explains them.

Rows are read in pieces and written as they come, into a zip file on disk; memory holds one piece at a time.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Any, Final, Protocol
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import translation

from accounts.personal_data import Section, registered, sections
from accounts.persons import Person

_TELL_EVERY: Final = 5_000  # rows, so that a lease is renewed within a long section too
_ENCODER: Final = DjangoJSONEncoder(ensure_ascii=False)


class Step(Protocol):
    """Told how far the work is; raises to stop it."""

    def __call__(self, *, done: int, rows: int, now: datetime) -> None: ...


def clock() -> datetime:
    """The time as a long job sees it pass."""
    return datetime.now(UTC)


@contextmanager
def written(person: Person, *, step: Step) -> "Iterator[tuple[File[bytes], int]]":
    """The finished archive, open for reading while the context lasts, and how many rows it holds."""
    with tempfile.TemporaryFile() as target:
        with ZipFile(target, "w", ZIP_DEFLATED) as archive, translation.override(person.user.language):
            rows = _write(archive, person, step)
        target.seek(0)
        yield File(target, name="export.zip"), rows


def _write(archive: ZipFile, person: Person, step: Step) -> int:
    counts: list[tuple[Section, int]] = []
    rows = 0
    for done, section in enumerate(sections()):
        step(done=done, rows=rows, now=clock())
        count = _write_section(archive, section, person, step, done=done, before=rows)
        counts.append((section, count))
        rows += count
    files = _write_files(archive, person)
    page = render_to_string("privacy/readme.txt", {"counts": counts, "files": files, "made": clock()})
    archive.writestr("README.txt", page)
    return rows


def _write_section(archive: ZipFile, section: Section, person: Person, step: Step, *, done: int, before: int) -> int:
    """A JSON array, one object to a line. Returns how many."""
    count = 0
    with archive.open(f"{section.name}.json", "w", force_zip64=True) as target:
        target.write(b"[")
        for row in section.rows(person):
            target.write((b",\n" if count else b"\n") + _encoded(row))
            count += 1
            if count % _TELL_EVERY == 0:
                step(done=done, rows=before + count, now=clock())
        target.write(b"\n]\n")
    return count


def _encoded(row: Any) -> bytes:
    return _ENCODER.encode(row).encode()


def _write_files(archive: ZipFile, person: Person) -> list[str]:
    names = []
    for data in registered():
        for held in data.files(person):
            name = f"files/{held.name}"
            with held.open() as source, archive.open(name, "w", force_zip64=True) as target:
                _copy(source, target)
            names.append(name)
    return names


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    shutil.copyfileobj(source, target)
