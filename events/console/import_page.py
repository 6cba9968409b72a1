"""What the page of an import shows: first what would be imported, then how far it is, then what came of it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from config.lib.numerals import written
from events.attendee_csv import RefusedRow
from events.models import AttendeeImport, ImportStatus
from events.services.attendee_imports import preview_of, sheet_of

SHOWN: Final = 100  # refused rows on the page; the file has them all
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for one (OWASP, "CSV Injection")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPage:
    """`new` people are or were put on the list, `known` ones were on it; `refused` is the beginning of `import_.refused` rows."""

    import_: AttendeeImport
    new: int
    known: int
    refused: Sequence[RefusedRow]
    unused: Sequence[str]

    @property
    def is_checked(self) -> bool:
        return self.import_.status == ImportStatus.CHECKED

    @property
    def is_running(self) -> bool:
        return self.import_.status == ImportStatus.RUNNING

    @property
    def people(self) -> int:
        """Readable rows, each of which is imported or known."""
        return self.import_.rows - self.import_.refused

    @property
    def more_refused(self) -> int:
        return self.import_.refused - len(self.refused)

    @property
    def figures(self) -> list[tuple[str, str]]:
        """Every row of the file in one of three: (which, how many), as the page counts them."""
        counts = (("new", self.new), ("known", self.known), ("refused", self.import_.refused))
        return [(name, written(count)) for name, count in counts]

    @property
    def rows_written(self) -> str:
        return written(self.import_.rows)

    @property
    def new_written(self) -> str:
        return written(self.new)


def import_page_of(import_: AttendeeImport) -> ImportPage:
    """The event's venue must be loaded. Before the import it is counted against the list as it is now."""
    if import_.status == ImportStatus.CHECKED:
        preview = preview_of(import_)
        sheet, new, known = preview.sheet, preview.new, preview.known
    else:
        sheet, new, known = sheet_of(import_), import_.added, import_.known
    return ImportPage(import_=import_, new=new, known=known, refused=sheet.refused[:SHOWN], unused=sheet.unused)


def refused_file(import_: AttendeeImport, *, head: Sequence[str]) -> str:
    """All refused rows as CSV under these headers; no value of it is a formula to any spreadsheet."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(head)
    for row in sheet_of(import_).refused:
        writer.writerow([row.line, _harmless(row.value), _harmless(str(row.why))])
    return file.getvalue()


def _harmless(value: str) -> str:
    """A quotation mark in front makes a spreadsheet take it as text."""
    return f"'{value}" if value.startswith(_FORMULAS) else value
