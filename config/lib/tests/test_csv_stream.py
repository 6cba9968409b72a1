"""Lists as CSV: whole, in pages, harmless to a spreadsheet."""

import csv
import io
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from config.lib.csv_stream import csv_stream

pytestmark = pytest.mark.django_db(transaction=True)


async def read(page: int = 2_000) -> tuple[list[list[str]], int]:
    """The lines of everybody's name, and in how many pieces they came."""
    response = csv_stream(
        name="people.csv", heads=["name"], rows=User.objects.all(), line=lambda user: [user.name], page=page
    )
    assert response["Content-Disposition"] == 'attachment; filename="people.csv"'
    pieces = [piece async for piece in _content(response)]
    return list(csv.reader(io.StringIO(b"".join(pieces).decode()))), len(pieces)


def _content(response: Any) -> Any:
    return response.streaming_content


async def test_an_empty_list_has_its_head() -> None:
    assert await read() == ([["name"]], 1)


@pytest.mark.parametrize("page", [1, 2, 3, 100])
async def test_every_row_comes_once_newest_first(page: int) -> None:
    names = [(await _named(f"Person {number}")).name for number in range(5)]

    lines, pieces = await read(page)

    assert lines == [["name"], *([name] for name in reversed(names))]
    assert pieces == 1 + -(-5 // page)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
async def test_nothing_is_a_formula(name: str) -> None:
    await _named(name)

    lines, _pieces = await read()

    assert lines[1] == [f"'{name}"]


async def test_what_needs_quotes_gets_them() -> None:
    await _named('a "b", c\nd')

    lines, _pieces = await read()

    assert lines[1] == ['a "b", c\nd']


async def _named(name: str) -> User:
    user: User = UserFactory.build(name=name)
    await user.asave()
    return user
