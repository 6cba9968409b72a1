"""Lists of people as organizers have them: a CSV file from any spreadsheet, read row by row. Pure functions.

Understood without being told: UTF-8 with or without a mark, UTF-16 with one, else Windows Latin; commas, semicolons or tabs;
headers in English, Spanish or French in any case. Phones without a country code are of the country of the venue.
Whatever comes in, each row that is not blank is either a person or is refused with the reason; nothing is guessed.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Refusal
from messaging.models import Channel
from messaging.services.addresses import NotAMailAddress, NotAPhoneNumber, normalised, phone_number

MOST_BYTES: Final = 2_000_000
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 16_384  # what a spreadsheet has at most
HEADERS_SHOWN: Final = 20
LONGEST_VALUE: Final = 80  # characters of a value that is shown again
_LONGEST_ADDRESS: Final = 254  # of messaging's column

_PHONE: Final = frozenset(
    {"phone", "phonenumber", "mobile", "mobilenumber", "mobilephone", "cell", "cellphone", "telephone", "tel", "sms"}
    | {"telefono", "numerodetelefono", "movil", "telefonomovil", "celular"}
    | {"telephone", "numerodetelephone", "portable", "telephoneportable", "mobile", "numero"}
)
_EMAIL: Final = frozenset(
    {"email", "emailaddress", "mail", "mailaddress"}
    | {"correo", "correoelectronico", "direcciondecorreo"}
    | {"courriel", "adresseemail", "adressemail", "adresseelectronique", "adressecourriel"}
)
_SHORTENED: Final = re.compile(r"\d[.,]\d+e\+?\d+", re.IGNORECASE)


class FileNotReadable(Refusal):
    status = 422
    message = _("This is not a CSV file. Save the sheet as CSV and upload that.")


class FileTooLarge(Refusal):
    status = 413
    message = _("This file is larger than 2 MB. Split it and upload the parts one after the other.")


class TooManyRows(Refusal):
    status = 422
    message = _("This file has more than 20,000 rows. Split it and upload the parts one after the other.")


class NoPeople(Refusal):
    status = 422
    message = _("This file has a first line and nobody below it.")


class NoAddressColumn(Refusal):
    status = 422
    message = _("No column is named phone or e-mail.")


@dataclass(frozen=True, slots=True)
class Person:
    """A readable row. `line` is where it begins in the file, from 1; `phone` is E.164; one of the two may be ""."""

    line: int
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row nobody can be read from: what is wrong, with which value (shortened)."""

    line: int
    value: str
    why: str | Promise


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every row of the file that is not blank, in order; `unused` the first headers of columns nothing was taken from."""

    people: Sequence[Person]
    refused: Sequence[RefusedRow]
    unused: Sequence[str]

    @property
    def rows(self) -> int:
        return len(self.people) + len(self.refused)


@dataclass(frozen=True, slots=True)
class _Columns:
    phones: Sequence[int]
    emails: Sequence[int]
    unused: Sequence[str]


def read_sheet(data: bytes, *, country: str) -> Sheet:
    """The people in a CSV file; `country` (ISO 3166-1 alpha-2) is that of phones without a country code.

    Raises FileTooLarge, FileNotReadable, NoAddressColumn, NoPeople, TooManyRows.
    """
    if len(data) > MOST_BYTES:
        raise FileTooLarge
    records = _records(_decoded(data))
    head = next(records, None)
    if head is None or isinstance(head, RefusedRow):
        raise FileNotReadable
    columns = _columns(head[1])
    people: list[Person] = []
    refused: list[RefusedRow] = []
    for record in records:
        read = record if isinstance(record, RefusedRow) else _row(*record, columns, country)
        if isinstance(read, RefusedRow):
            refused.append(read)
        else:
            people.append(read)
        if len(people) + len(refused) > MOST_ROWS:
            raise TooManyRows
    if not people and not refused:
        raise NoPeople
    return Sheet(people, refused, columns.unused)


def _decoded(data: bytes) -> str:
    """Raises FileNotReadable for what is no text at all, a spreadsheet's own format for example."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise FileNotReadable
    return text


def _records(text: str) -> Iterator[tuple[int, list[str]] | RefusedRow]:
    """(line, cells) of each record that is not blank; a record that breaks the format is refused."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield RefusedRow(
                line, "", _("This row is not CSV: a quotation mark is missing, or a value is far too long.")
            )
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _delimiter(text: str) -> str:
    """What splits the first line that is not blank into the most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _columns(headers: Sequence[str]) -> _Columns:
    """Raises NoAddressColumn, which names the headers that were found, and FileNotReadable for what is no table."""
    if len(headers) > MOST_COLUMNS:
        raise FileNotReadable
    names = [_plain(header) for header in headers]
    phones = [place for place, name in enumerate(names) if name in _PHONE]
    emails = [place for place, name in enumerate(names) if name in _EMAIL]
    if not phones and not emails:
        found = ", ".join(_first_ones(headers))
        raise NoAddressColumn(
            _("No column is named phone or e-mail. The first line says: %(headers)s") % {"headers": found}
        )
    used = {*phones, *emails}
    unused = [header for place, header in enumerate(headers) if place not in used]
    return _Columns(phones, emails, _first_ones(unused))


def _first_ones(headers: Sequence[str]) -> list[str]:
    """As many as people read, and a sign that there are more."""
    named = [header for header in headers if header.strip()]
    shown = [_shown(header) for header in named[:HEADERS_SHOWN]]
    return [*shown, "…"] if len(named) > HEADERS_SHOWN else shown


def _plain(header: str) -> str:
    """Without case, accents and everything that is no letter."""
    parted = unicodedata.normalize("NFKD", header.casefold())
    return "".join(letter for letter in parted if letter.isalpha())


def _row(line: int, cells: Sequence[str], columns: _Columns, country: str) -> Person | RefusedRow:
    """The first phone and the first e-mail of the row; one that cannot be read refuses the row, so that it can be mended."""
    phone, email = _first(cells, columns.phones), _first(cells, columns.emails)
    if not phone and not email:
        return RefusedRow(line, "", _("There is neither a phone nor an e-mail address."))
    if _SHORTENED.search(phone):
        return RefusedRow(
            line, _shown(phone), _("The spreadsheet has shortened this number. Format the column as text.")
        )
    try:
        number = phone_number(value=phone, country=country) if phone else ""
    except NotAPhoneNumber:
        return RefusedRow(line, _shown(phone), _("This is not a phone number."))
    try:
        address = normalised(channel=Channel.EMAIL, value=email) if email else ""
    except NotAMailAddress as refusal:
        return RefusedRow(line, _shown(email), refusal.message)
    if len(address) > _LONGEST_ADDRESS:
        return RefusedRow(line, _shown(email), NotAMailAddress.message)
    return Person(line, number, address)


def _first(cells: Sequence[str], places: Sequence[int]) -> str:
    values = (cells[place].strip() for place in places if place < len(cells))
    return next((value for value in values if value), "")


def _shown(value: str) -> str:
    """Short enough for a table, on one line."""
    words = " ".join(value.split())
    return words if len(words) <= LONGEST_VALUE else f"{words[: LONGEST_VALUE - 1]}…"
