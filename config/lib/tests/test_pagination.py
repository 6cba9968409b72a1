"""Pages by cursor, on real rows: exact with ties, mixed directions, and rows that come and go."""

import base64

import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from config.lib.errors import Malformed
from config.lib.pagination import Page, limit_from, page_of
from config.lib.secrets import encrypt

pytestmark = pytest.mark.django_db
BY_NAME = ("name", "-id")


@pytest.fixture
def users() -> list[User]:
    """Seven users of whom five share a name, in the order of BY_NAME."""
    made = [UserFactory.create(name=name) for name in ("b", "a", "b", "b", "c", "b", "b")]
    return sorted(sorted(made, key=lambda user: -user.pk), key=lambda user: user.name)


def page(cursor: str = "", limit: int = 2, ordering: tuple[str, ...] = BY_NAME) -> Page:
    return page_of(User.objects.all(), ordering=ordering, cursor=cursor, limit=limit)


def test_walking_forward_meets_every_row_once(users: list[User]) -> None:
    met, cursor = [], ""
    while True:
        found = page(cursor)
        met += found.rows
        if not found.next:
            break
        cursor = found.next

    assert met == users


def test_walking_back_from_the_end_meets_every_row_once(users: list[User]) -> None:
    found = page()
    while found.next:
        found = page(found.next)
    met = found.rows
    while found.previous:
        found = page(found.previous)
        met = [*found.rows, *met]

    assert met == users


def test_the_first_page_has_no_previous_and_the_last_no_next(users: list[User]) -> None:
    assert page(limit=7).next is None
    assert page(limit=7).previous is None
    assert page(limit=6).next is not None


def test_a_row_that_vanishes_does_not_shift_the_next_page(users: list[User]) -> None:
    first = page(limit=3)
    users[0].delete()

    assert page(first.next or "", limit=3).rows == users[3:6]


def test_one_query_per_page(users: list[User], django_assert_num_queries: pytest.FixtureRequest) -> None:
    cursor = page().next or ""

    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django names the fixture's type only privately
        page(cursor)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "A" * 5_000,
        base64.b64encode(b"p=2").decode(),
        "cD0yMDI2",
        encrypt('[["name"],["a"],false]', purpose="other"),
    ],
)
def test_a_cursor_that_is_not_ours_is_malformed(users: list[User], cursor: str) -> None:
    with pytest.raises(Malformed) as refused:
        page(cursor)
    assert refused.value.details[0].field == "cursor"


def test_a_changed_cursor_is_malformed(users: list[User]) -> None:
    cursor = page().next or ""
    for index in range(0, len(cursor), 7):
        changed = cursor[:index] + ("A" if cursor[index] != "A" else "B") + cursor[index + 1 :]
        with pytest.raises(Malformed):
            page(changed)


def test_a_cursor_of_another_ordering_is_malformed(users: list[User]) -> None:
    cursor = page(ordering=("-name", "-id")).next or ""
    with pytest.raises(Malformed):
        page(cursor)


def test_a_cursor_tells_nothing(users: list[User]) -> None:
    cursor = page().next or ""
    assert b"name" not in base64.urlsafe_b64decode(cursor)


@pytest.mark.parametrize("text", ["0", "101", "-1", "1.5", "x", "٣", "9" * 50])
def test_limits_out_of_bounds_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        limit_from(text)


def test_limits_within_bounds() -> None:
    assert [limit_from(text) for text in ("", "1", "100")] == [20, 1, 100]
