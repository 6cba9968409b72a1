"""Reading lists of people: every spreadsheet's CSV, and no row lost."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.lib.errors import Refusal
from events.attendee_csv import (
    MOST_BYTES,
    MOST_ROWS,
    FileNotReadable,
    FileTooLarge,
    NoAddressColumn,
    NoPeople,
    TooManyRows,
    read_sheet,
)
from messaging.models import Channel
from messaging.services.addresses import normalised


def people(text: str | bytes, country: str = "DE") -> list[tuple[int, str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(person.line, person.phone, person.email) for person in read_sheet(data, country=country).people]


def refused(text: str) -> list[tuple[int, str, str]]:
    rows = read_sheet(text.encode(), country="DE").refused
    return [(row.line, row.value, str(row.why)) for row in rows]


ADA = (2, "+4915112345678", "ada@example.test")


@pytest.mark.parametrize(
    "text",
    [
        "phone,email\n+4915112345678,ada@example.test\n",
        "PHONE;E-Mail\r\n+49 151 12345678;ADA@Example.test\r\n",
        "Phone Number\tMail Address\n0151 123 45678\tada@example.test",
        "email,name,mobile\nada@example.test,Ada,(0151) 12345678\n",
        "Teléfono;Correo electrónico\n0049 151 12345678; ada@example.test \n",
        '"Téléphone","Adresse e-mail"\n"+49-151-12345678","ada@example.test"\n',
        "phone,email\r+4915112345678,ada@example.test\r",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_every_spreadsheet_is_read(text: str, encoding: str) -> None:
    assert people(text.encode(encoding)) == [ADA]


def test_a_phone_without_country_code_is_of_the_venues_country() -> None:
    assert people("phone\n020 7946 0000\n", country="GB") == [(2, "+442079460000", "")]
    assert people("phone\n(202) 555-0123\n", country="US") == [(2, "+12025550123", "")]


def test_blank_rows_are_none_and_lines_are_those_of_the_file() -> None:
    text = 'phone,note\n\n0151 12345678,"two\nlines"\n , \n0151 12345679,\n'
    assert people(text) == [(3, "+4915112345678", ""), (6, "+4915112345679", "")]


def test_of_several_columns_the_first_that_is_filled_counts() -> None:
    assert people("phone,mobile\n,0151 12345678\n0151 12345679,1\n") == [
        (2, "+4915112345678", ""),
        (3, "+4915112345679", ""),
    ]


def test_columns_that_are_not_used_are_named() -> None:
    assert read_sheet(b"name,phone,,seat\nAda,015112345678,,1\n", country="DE").unused == ["name", "seat"]


@pytest.mark.parametrize(
    ("row", "value", "why"),
    [
        ("12,", "12", "This is not a phone number."),
        ("hello,", "hello", "This is not a phone number."),
        ("4.91512E+12,", "4.91512E+12", "The spreadsheet has shortened this number. Format the column as text."),
        (",ada@", "ada@", "This is not an e-mail address."),
        ("015112345678,ada@", "ada@", "This is not an e-mail address."),
        (f",{'a' * 250}@example.test", f"{'a' * 79}…", "This is not an e-mail address."),
        (",", None, None),
        ("#,,x", None, "This is not a phone number."),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_the_value(row: str, value: str | None, why: str | None) -> None:
    text = f"phone,email,note\n015112345679,,\n{row}\n"
    found = refused(text)
    assert len(people(text)) == 1
    if why is None:
        assert found == []  # a blank row
    else:
        assert found == [(3, value or "#", why)]


def test_a_row_with_nothing_to_reach_anybody_by_is_refused() -> None:
    assert refused("name,phone\nAda,\n") == [(2, "", "There is neither a phone nor an e-mail address.")]


def test_a_missing_quotation_mark_costs_its_row_and_is_said() -> None:
    long = "x" * 140_000
    sheet = read_sheet(f'phone\n015112345678\n"{long}\n'.encode(), country="DE")
    assert [row.line for row in sheet.refused] == [3]
    assert "quotation mark" in str(sheet.refused[0].why)
    assert len(sheet.people) == 1


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", FileNotReadable),
        (b"\n\n", FileNotReadable),
        (b"PK\x03\x04\x00\x00sheet", FileNotReadable),
        (b"name,seat\nAda,1\n", NoAddressColumn),
        (b"+4915112345678\n+4915112345679\n", NoAddressColumn),
        (b"phone\n\n", NoPeople),
        (b"phone\n" + b"x" * MOST_BYTES, FileTooLarge),
        (b"phone\n" + b"1\n" * (MOST_ROWS + 1), TooManyRows),
    ],
)
def test_files_that_cannot_be_read_at_all(data: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        read_sheet(data, country="DE")


def test_the_headers_that_were_found_are_named() -> None:
    with pytest.raises(NoAddressColumn) as raised:
        read_sheet(b"name,seat\nAda,1\n", country="DE")
    assert "name, seat" in str(raised.value)


CELL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["+4915112345678", "0151 12345678", "ada@example.test", '"', "=1+1", "\r", "\n", ";", ""]),
)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
@example(b"phone\n" + b"\xff" * 20)
@example(b"\xff\xfe\x00")
def test_whatever_bytes_come_it_is_read_or_refused(data: bytes) -> None:
    try:
        sheet = read_sheet(b"phone;email\n" + data, country="DE")
    except Refusal:
        return
    assert sheet.rows == len(sheet.people) + len(sheet.refused) > 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_every_row_is_accounted_for(rows: list[tuple[str, str, str]]) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows([("phone", "email", "note"), *rows])
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if "\0" in file.getvalue() or not filled:
        return
    sheet = read_sheet(file.getvalue().encode("utf-8", errors="replace"), country="DE")
    assert sheet.rows == len(filled)
    for person in sheet.people:
        assert person.phone or person.email
        if person.phone:
            assert normalised(channel=Channel.SMS, value=person.phone) == person.phone


def test_a_line_of_a_million_headers_is_not_read_back_to_anybody() -> None:
    wide = b",".join(b"column%d" % number for number in range(1_000))

    with pytest.raises(NoAddressColumn) as refusal:
        read_sheet(wide + b"\n1", country="GB")
    with pytest.raises(FileNotReadable):
        read_sheet(b"phone" + b"," * 20_000 + b"\n1", country="GB")

    assert len(str(refusal.value)) < 500
    assert len(read_sheet(b"phone," + wide + b"\n1", country="GB").unused) == 21
